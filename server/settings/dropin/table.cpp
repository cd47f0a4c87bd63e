#include "server/settings/dropin/table.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "server/settings/dropin/values.hpp"
#include "server/settings/setting_stores.hpp"
#include "server/settings/setting_table.hpp"
#include "server/settings/transition_times.hpp"
#include "server/support/duration.hpp"

namespace kinesisd::server::dropin {

namespace {

namespace words = transition_words;

constexpr std::string_view kinesalite = "kinesalite";
constexpr std::string_view saidsef = "saidsef/aws-kinesis-local";
constexpr std::string_view nothing = "nothing: it is so anyway";
constexpr std::string_view warned = "a warning at start";

constexpr std::int64_t limit_max = 1'000'000'000;
constexpr std::string_view truth_advice = "choose 1 or 0";
constexpr std::string_view port_advice = "choose a port from 1 to 65535";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// By the rules of one of our settings.
template <const auto& Name>
Advice as_setting(Draft& draft, const std::string& value) {
  for (const Setting& setting : setting_table()) {
    if (setting.name == Name) return setting.store(draft.settings, {value});
  }
  return "there is no such setting";
}
constexpr std::string_view account_id = "account-id";
constexpr std::string_view region = "region";

Advice nothing_to_do(Draft& /*draft*/, const std::string& /*value*/) {
  return std::nullopt;
}

// kinesalite has one namespace, whatever the region and the credentials, and tests came to count on it.
void is_of_kinesalite(Draft& draft) {
  draft.of_kinesalite = true;
  draft.settings.worlds = Worlds::one;
}

template <bool Draft::*Member>
Advice truth(Draft& draft, const std::string& value) {
  const auto yes = parse_truth(value);
  if (!yes) return std::string(truth_advice);
  draft.*Member = *yes;
  return std::nullopt;
}

template <std::optional<std::string> Draft::*Member>
Advice text(Draft& draft, const std::string& value) {
  draft.*Member = value;
  return std::nullopt;
}

template <std::optional<std::int64_t> Settings::*Member>
Advice limit(Draft& draft, const std::string& value) {
  const std::string word = lower(value);
  const auto number = number_between(value, 0, limit_max);
  const bool endless = word == "unlimited" || word == "infinity" || word == "inf";
  if (!number && !endless) return "choose a number, or unlimited";
  draft.settings.*Member = number;
  return std::nullopt;
}

Advice kinesalite_limit(Draft& draft, const std::string& value) {
  is_of_kinesalite(draft);
  return limit<&Settings::shard_limit>(draft, value);
}

std::optional<storage::TransitionTime> time_of(const std::string& value) {
  const auto time = document::parse_duration(value, document::Endless::allowed);
  if (!time) return std::nullopt;
  return storage::TransitionTime{.end_when_observed = false,
                                 .after_ms = std::min(*time, document::duration_max).count()};
}

template <const auto& Word>
Advice lasts(Draft& draft, const std::string& value) {
  const auto time = time_of(value);
  if (!time) return std::string(document::duration_advice(document::Endless::allowed));
  for (const storage::Lasting change : changes_of(Word)) draft.settings.transitions.exception(change) = time;
  return std::nullopt;
}
template <const auto& Word>
Advice kinesalite_lasts(Draft& draft, const std::string& value) {
  is_of_kinesalite(draft);
  return lasts<Word>(draft, value);
}
// LocalStack's one duration for everything. Rows before it in the table have been more exact.
Advice all_last(Draft& draft, const std::string& value) {
  const auto time = time_of(value);
  if (!time) return std::string(document::duration_advice(document::Endless::allowed));
  draft.settings.transitions = {.end_when_observed = false, .after_ms = time->after_ms};
  return std::nullopt;
}

Advice listen_at(Draft& draft, const std::string& value) {
  for (const std::string& one : parts_of(value)) {
    const auto addresses = parse_addresses(one, draft.settings.wishes.in_image);
    if (addresses.empty()) return "choose ADDR:PORT, such as 0.0.0.0:4566";
    draft.addresses.insert(draft.addresses.end(), addresses.begin(), addresses.end());
  }
  return std::nullopt;
}

Advice port(Draft& draft, const std::string& value) {
  if (!parse_port(value)) return std::string(port_advice);
  return listen_at(draft, value);
}
Advice kinesalite_port(Draft& draft, const std::string& value) {
  is_of_kinesalite(draft);
  return port(draft, value);
}
template <std::optional<std::uint16_t> Draft::*Member>
Advice kinesis_mock_port(Draft& draft, const std::string& value) {
  draft.*Member = parse_port(value);
  return port(draft, value);
}

template <const auto& Variable>
Advice kinesalite_path(Draft& draft, const std::string& value) {
  is_of_kinesalite(draft);
  draft.settings.wishes.keep_in =
      Folder{.path = value, .file = std::string(database_name), .asked_by = std::string(Variable)};
  return std::nullopt;
}
constexpr std::string_view path_flag = "--path";
constexpr std::string_view path_variable = "KPATH";

Advice ssl(Draft& draft, const std::string& value) {
  const auto yes = parse_truth(value);
  if (!yes) return std::string(truth_advice);
  is_of_kinesalite(draft);
  draft.kinesalite_ssl = *yes;
  if (*yes && draft.settings.tls == TlsMode::off) draft.settings.tls = TlsMode::on;
  return std::nullopt;
}

Advice streams(Draft& draft, const std::string& value) {
  auto wanted = parse_streams(value);
  if (!wanted)
    return "write NAME:SHARDS:REGION, with commas between streams, such as orders:2,events::eu-west-1";
  for (const InitialStream& stream : *wanted) {
    Settings scratch;
    Draft of_scratch{scratch};
    if (!stream.region) continue;
    if (Advice advice = as_setting<region>(of_scratch, *stream.region)) return advice;
  }
  draft.settings.wishes.streams = *std::move(wanted);
  return std::nullopt;
}

Advice log_level(Draft& draft, const std::string& value) {
  struct Word {
    std::string_view word;
    LogLevel level;
  };
  constexpr std::array levels{Word{"trace", LogLevel::debug}, Word{"trace-internal", LogLevel::debug},
                              Word{"debug", LogLevel::debug}, Word{"info", LogLevel::info},
                              Word{"warn", LogLevel::warn},   Word{"warning", LogLevel::warn},
                              Word{"error", LogLevel::error}};
  const std::string word = lower(value);
  const auto* found =
      std::find_if(levels.begin(), levels.end(), [&](const Word& one) { return one.word == word; });
  if (found == levels.end()) return "choose trace, debug, info, warn or error";
  draft.settings.log_level = found->level;
  return std::nullopt;
}

// Any value will do: other programs have a DEBUG of their own.
Advice debug(Draft& draft, const std::string& value) {
  if (parse_truth(value) == true) draft.settings.log_level = LogLevel::debug;
  return std::nullopt;
}

Advice services(Draft& draft, const std::string& value) {
  constexpr std::array<std::string_view, 3> served{"kinesis", "sts", "cloudwatch"};
  std::vector<std::string> others;
  for (const std::string& part : parts_of(value)) {
    const std::string service = lower(part.substr(0, part.find(':')));  // old files name ports
    if (std::find(served.begin(), served.end(), service) == served.end()) others.push_back(service);
  }
  if (!others.empty()) {
    draft.settings.wishes.unmet.push_back(
        fmt::format("SERVICES asks for {}, and Kinesis alone is served", fmt::join(others, ", ")));
  }
  return std::nullopt;
}

Advice error_probability(Draft& draft, const std::string& value) {
  const auto probability = parse_probability(value);
  if (!probability) return "choose a number from 0 to 1";
  draft.settings.wishes.error_probability = *probability;
  return std::nullopt;
}

// `localstack`, `localstack:4566`.
Advice host_name(Draft& draft, const std::string& value) {
  std::vector<std::string> names = draft.settings.tls_names;
  names.push_back(value.substr(0, value.find(':')));
  for (const Setting& setting : setting_table()) {
    if (setting.name == "tls-name") return setting.store(draft.settings, names);
  }
  return std::nullopt;
}

Advice certificate(Draft& draft, const std::string& value) {
  draft.settings.tls_cert = value;
  draft.settings.tls_key = value;
  draft.settings.wishes.certificate = value;
  return std::nullopt;
}

template <const auto& Phrase>
Advice not_met(Draft& draft, const std::string& /*value*/) {
  draft.settings.wishes.unmet.emplace_back(Phrase);
  return std::nullopt;
}
constexpr std::string_view provider = "KINESIS_PROVIDER chooses an engine, and here is but one";
constexpr std::string_view override_provider =
    "PROVIDER_OVERRIDE_KINESIS chooses an engine, and here is but one";
constexpr std::string_view engine = "KINESIS_MOCK_PROVIDER_ENGINE chooses an engine, and here is but one";
constexpr std::string_view certificate_file =
    "KINESIS_MOCK_CERT_PATH names a certificate in that program's own form; --tls-cert takes PEM";

Advice load_if_exists(Draft& draft, const std::string& value) {
  const auto yes = parse_truth(value);
  if (!yes) return std::string(truth_advice);
  if (!*yes) {
    draft.settings.wishes.unmet.emplace_back(
        "LOAD_DATA_IF_EXISTS=false asks to begin anew, and what was kept is always loaded");
  }
  return std::nullopt;
}

// LocalStack adds them to its own list, and leaves an empty one out.
Advice cors_origins(Draft& draft, const std::string& value) {
  std::vector<std::string> origins = draft.settings.cors_origins;
  for (const std::string& part : parts_of(value)) origins.push_back(part);
  for (const Setting& setting : setting_table()) {
    if (setting.name == "cors-origin") return setting.store(draft.settings, origins);
  }
  return std::nullopt;
}

Advice no_cors_checks(Draft& draft, const std::string& value) {
  const auto yes = parse_truth(value);
  if (!yes) return std::string(truth_advice);
  if (*yes) draft.settings.cors_origins.emplace_back("*");
  return std::nullopt;
}

constexpr auto kinesalite_rows = std::to_array<Row>({
    {"--port", kinesalite, "--listen", Reach::anywhere, kinesalite_port},
    {"-p", kinesalite, "--listen", Reach::anywhere, kinesalite_port},
    {"--path", kinesalite, "--db", Reach::anywhere, kinesalite_path<path_flag>},
    {"--ssl", kinesalite, nothing, Reach::anywhere, ssl, true},
    {"--createStreamMs", kinesalite, "--transition-ms ...,create=N", Reach::anywhere,
     kinesalite_lasts<words::create>},
    {"--createStreaMs", kinesalite, "the same: a README spells it so", Reach::anywhere,
     kinesalite_lasts<words::create>},
    {"--deleteStreamMs", kinesalite, "--transition-ms ...,delete=N", Reach::anywhere,
     kinesalite_lasts<words::remove>},
    {"--updateStreamMs", kinesalite, "--transition-ms ...,update=N", Reach::anywhere,
     kinesalite_lasts<words::update>},
    {"--shardLimit", kinesalite, "--shard-limit", Reach::anywhere, kinesalite_limit},
    {"PORT", saidsef, "--listen", Reach::image, kinesalite_port},
    {"KPATH", saidsef, "--db", Reach::image, kinesalite_path<path_variable>},
    {"SHARDLIMIT", saidsef, "--shard-limit", Reach::anywhere, kinesalite_limit},
    {"CREATESTREAMMS", saidsef, "--transition-ms ...,create=N", Reach::anywhere,
     kinesalite_lasts<words::create>},
    {"DELETESTREAMMS", saidsef, "--transition-ms ...,delete=N", Reach::anywhere,
     kinesalite_lasts<words::remove>},
    {"UPDATESTREAMMS", saidsef, "--transition-ms ...,update=N", Reach::anywhere,
     kinesalite_lasts<words::update>},
});

constexpr auto kinesis_mock_rows = std::to_array<Row>({
    {"INITIALIZE_STREAMS", kinesis_mock, "streams at start", Reach::anywhere, streams},
    {"KINESIS_MOCK_TLS_PORT", kinesis_mock, "--listen", Reach::anywhere, kinesis_mock_port<&Draft::tls_port>},
    {"KINESIS_MOCK_PLAIN_PORT", kinesis_mock, "--listen", Reach::anywhere,
     kinesis_mock_port<&Draft::plain_port>},
    {"CREATE_STREAM_DURATION", kinesis_mock, "--transition-ms ...,create=N", Reach::anywhere,
     lasts<words::create>},
    {"DELETE_STREAM_DURATION", kinesis_mock, "--transition-ms ...,delete=N", Reach::anywhere,
     lasts<words::remove>},
    {"REGISTER_STREAM_CONSUMER_DURATION", kinesis_mock, "--transition-ms ...,register-consumer=N",
     Reach::anywhere, lasts<words::register_consumer>},
    {"DEREGISTER_STREAM_CONSUMER_DURATION", kinesis_mock, "--transition-ms ...,deregister-consumer=N",
     Reach::anywhere, lasts<words::deregister_consumer>},
    {"START_STREAM_ENCRYPTION_DURATION", kinesis_mock, "--transition-ms ...,start-encryption=N",
     Reach::anywhere, lasts<words::start_encryption>},
    {"STOP_STREAM_ENCRYPTION_DURATION", kinesis_mock, "--transition-ms ...,stop-encryption=N",
     Reach::anywhere, lasts<words::stop_encryption>},
    {"SPLIT_SHARD_DURATION", kinesis_mock, "--transition-ms ...,split=N", Reach::anywhere,
     lasts<words::split>},
    {"MERGE_SHARDS_DURATION", kinesis_mock, "--transition-ms ...,merge=N", Reach::anywhere,
     lasts<words::merge>},
    {"UPDATE_SHARD_COUNT_DURATION", kinesis_mock, "--transition-ms ...,scale=N", Reach::anywhere,
     lasts<words::scale>},
    {"UPDATE_STREAM_MODE_DURATION", kinesis_mock, "--transition-ms ...,mode=N", Reach::anywhere,
     lasts<words::mode>},
    {"SHARD_LIMIT", kinesis_mock, "--shard-limit", Reach::anywhere, limit<&Settings::shard_limit>},
    {"ON_DEMAND_STREAM_COUNT_LIMIT", kinesis_mock, "--on-demand-limit", Reach::anywhere,
     limit<&Settings::on_demand_limit>},
    {"SHOULD_PERSIST_DATA", kinesis_mock, "--db", Reach::anywhere, truth<&Draft::persists>},
    {"PERSIST_PATH", kinesis_mock, "--db, its folder", Reach::anywhere, text<&Draft::persist_path>},
    {"PERSIST_FILE_NAME", kinesis_mock, "--db, its name", Reach::anywhere, text<&Draft::persist_file>},
    {"PERSIST_INTERVAL", kinesis_mock, "nothing: every write is kept at once", Reach::anywhere,
     nothing_to_do},
    {"LOAD_DATA_IF_EXISTS", kinesis_mock, "nothing, or a warning", Reach::anywhere, load_if_exists},
    {"LOG_LEVEL", kinesis_mock, "--log-level", Reach::image, log_level},
    {"ROOT_LOG_LEVEL", kinesis_mock, nothing, Reach::anywhere, nothing_to_do},
    {"KINESIS_MOCK_CERT_PATH", kinesis_mock, warned, Reach::anywhere, not_met<certificate_file>},
});

constexpr auto localstack_rows = std::to_array<Row>({
    {"SERVICES", localstack, "nothing, or a warning", Reach::image, services},
    {"DEFAULT_REGION", localstack, "--region", Reach::image, as_setting<region>},
    {"AWS_ACCOUNT_ID", "all", "--account-id", Reach::account, as_setting<account_id>},
    {"AWS_REGION", "all", "--region", Reach::account, as_setting<region>},
    {"AWS_DEFAULT_REGION", "all", "--region", Reach::account, as_setting<region>},
    {"KINESIS_MOCK_LOG_LEVEL", localstack, "--log-level", Reach::anywhere, log_level},
    {"LS_LOG", localstack, "--log-level", Reach::anywhere, log_level},
    {"DEBUG", localstack, "--log-level debug", Reach::image, debug},
    {"GATEWAY_LISTEN", localstack, "--listen", Reach::image, listen_at},
    {"EDGE_PORT", localstack, "--listen", Reach::image, port},
    {"LOCALSTACK_HOST", localstack, "--tls-name", Reach::image, host_name},
    {"HOSTNAME_EXTERNAL", localstack, "--tls-name", Reach::image, host_name},
    {"EXTRA_CORS_ALLOWED_ORIGINS", localstack, "--cors-origin", Reach::anywhere, cors_origins},
    {"DISABLE_CORS_CHECKS", localstack, "--cors-origin '*'", Reach::anywhere, no_cors_checks},
    {"USE_SSL", localstack, nothing, Reach::image, nothing_to_do},
    {"CUSTOM_SSL_CERT_PATH", localstack, "--tls-cert, --tls-key", Reach::anywhere, certificate},
    {"PERSISTENCE", localstack, "--db /var/lib/localstack/kinesisd.db", Reach::image,
     truth<&Draft::localstack_persists>},
    {"KINESIS_PERSISTENCE", localstack, "--db, or none", Reach::anywhere, truth<&Draft::kinesis_persists>},
    {"DATA_DIR", localstack, "--db, its folder", Reach::image, text<&Draft::data_dir>},
    {"KINESIS_INITIALIZE_STREAMS", localstack, "streams at start", Reach::anywhere, streams},
    {"KINESIS_SHARD_LIMIT", localstack, "--shard-limit", Reach::anywhere, limit<&Settings::shard_limit>},
    {"KINESIS_ON_DEMAND_STREAM_COUNT_LIMIT", localstack, "--on-demand-limit", Reach::anywhere,
     limit<&Settings::on_demand_limit>},
    {"KINESIS_ERROR_PROBABILITY", localstack, "a fault", Reach::anywhere, error_probability},
    {"KINESIS_PROVIDER", localstack, warned, Reach::anywhere, not_met<provider>},
    {"PROVIDER_OVERRIDE_KINESIS", localstack, warned, Reach::anywhere, not_met<override_provider>},
    {"KINESIS_MOCK_PROVIDER_ENGINE", localstack, warned, Reach::anywhere, not_met<engine>},
    {"KINESIS_MOCK_MAXIMUM_HEAP_SIZE", localstack, nothing, Reach::anywhere, nothing_to_do},
    {"KINESIS_MOCK_INITIAL_HEAP_SIZE", localstack, nothing, Reach::anywhere, nothing_to_do},
    {"KINESIS_MOCK_PERSIST_INTERVAL", localstack, nothing, Reach::anywhere, nothing_to_do},
    {"KINESIS_LATENCY", localstack, "--transition-ms N", Reach::anywhere, all_last},
});

template <std::size_t... Sizes>
constexpr auto joined(const std::array<Row, Sizes>&... parts) {
  std::array<Row, (Sizes + ...)> out{};
  auto at = out.begin();
  ((at = std::copy(parts.begin(), parts.end(), at)), ...);
  return out;
}

constexpr auto rows = joined(kinesalite_rows, kinesis_mock_rows, localstack_rows);

}  // namespace

std::span<const Row> table() {
  return rows;
}

}  // namespace kinesisd::server::dropin
