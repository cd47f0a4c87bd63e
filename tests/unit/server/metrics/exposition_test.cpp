#include "server/metrics/exposition.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>

#include "server/metrics/count.hpp"

namespace kinesisd::server::metrics {

TEST_CASE("A family has its help, its type and its samples") {
  Exposition out;
  out.family("requests_total", Kind::counter, "Requests.");
  out.sample("", std::uint64_t{18446744073709551615U});
  out.sample(labels({{"code", "ok"}}), 0.25);
  CHECK(out.take() ==
        "# HELP requests_total Requests.\n"
        "# TYPE requests_total counter\n"
        "requests_total 18446744073709551615\n"
        "requests_total{code=\"ok\"} 0.25\n");
}

TEST_CASE("Whatever stands in a label stays within its quotes") {
  CHECK(labels({{"a", "x\"y"}, {"b", "c:\\d"}, {"c", "1\n2"}, {"d", ""}}) ==
        R"(a="x\"y",b="c:\\d",c="1\n2",d="")");
}

TEST_CASE("The buckets of a histogram count everything below them, too") {
  Exposition out;
  out.family("wait_seconds", Kind::histogram, "Waits.");
  const std::array<double, 2> bounds = {0.001, 10};
  const std::array<std::uint64_t, 3> counts = {1, 2, 3};
  out.histogram("", bounds, counts, 1.5);
  out.histogram(labels({{"kind", "long"}}), bounds, counts, 0);
  CHECK(out.take() ==
        "# HELP wait_seconds Waits.\n"
        "# TYPE wait_seconds histogram\n"
        "wait_seconds_bucket{le=\"0.001\"} 1\n"
        "wait_seconds_bucket{le=\"10\"} 3\n"
        "wait_seconds_bucket{le=\"+Inf\"} 6\n"
        "wait_seconds_sum 1.5\n"
        "wait_seconds_count 6\n"
        "wait_seconds_bucket{kind=\"long\",le=\"0.001\"} 1\n"
        "wait_seconds_bucket{kind=\"long\",le=\"10\"} 3\n"
        "wait_seconds_bucket{kind=\"long\",le=\"+Inf\"} 6\n"
        "wait_seconds_sum{kind=\"long\"} 0\n"
        "wait_seconds_count{kind=\"long\"} 6\n");
}

TEST_CASE("A bound belongs to the bucket below it") {
  constexpr std::array<std::uint64_t, 2> bounds = {10, 20};
  Buckets<2> one;
  Buckets<2> another;
  for (const std::uint64_t amount : {0, 10, 11, 20}) one.add(bounds, amount);
  another.add(bounds, 21);
  Buckets<2>::Total total;
  one.add_to(total);
  another.add_to(total);
  CHECK(total.counts == std::array<std::uint64_t, 3>{2, 2, 1});
  CHECK(total.sum == 62);
}

}  // namespace kinesisd::server::metrics
