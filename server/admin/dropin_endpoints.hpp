// The paths by which users of kinesis-mock and LocalStack ask whether their emulator is ready, answered in
// those emulators' form.
#pragma once

#include "server/admin/answer.hpp"

namespace kinesisd::server::dropin {

// /_localstack/health: kinesis is `available`, and `running` once there are streams; 503 and `starting`
// before the server has started.
own::Answer answer_localstack_health(own::Call& call);
// /health, which said `running` from the start.
own::Answer answer_old_health(own::Call& call);
// /_localstack/info.
own::Answer answer_info(own::Call& call);
// /_localstack/init and, with a stage for an argument, what is behind it.
own::Answer answer_init(own::Call& call);
own::Answer answer_init_stage(own::Call& call);
// POST /moto-api/reset.
own::Answer answer_moto_reset(own::Call& call);
// PUT /_kinesisd/scripts: {"stage": "READY", "name": "x.sh", "state": "RUNNING"}, or {"stage": "READY",
// "completed": true}.
own::Answer answer_scripts(own::Call& call);

}  // namespace kinesisd::server::dropin
