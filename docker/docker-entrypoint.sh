#!/usr/bin/env bash
# Serves as LocalStack's image does: runs the scripts of /etc/localstack/init/{boot,start,ready,shutdown}.d and of
# /docker-entrypoint-initaws.d at their stages. Arguments go to kinesisd, whose exit code this ends with.
set -u
shopt -s globstar nullglob

init=${KINESISD_INIT_DIR:-/etc/localstack/init}
legacy=${KINESISD_LEGACY_INIT_DIR:-/docker-entrypoint-initaws.d}

case ${1:-} in
  '' | -* | serve) ;;
  health | put | tail | replay | version) exec kinesisd "$@" ;;
  *) exec "$@" ;; # docker run -it kinesisd:shell bash
esac

scripts_of() { # STAGE: the stage's files, one a line, in the order in which they run
  local folders=("$init/${1,,}.d")
  [[ $1 == READY ]] && folders+=("$legacy")
  local folder file
  for folder in "${folders[@]}"; do
    for file in "$folder"/**/*; do
      [[ -f $file ]] && printf '%s\n' "$file"
    done
  done
}

any_scripts() {
  [[ -n $(for stage in BOOT START READY SHUTDOWN; do scripts_of "$stage"; done) ]]
}

any_scripts || exec kinesisd "$@"

export KINESISD_INIT_SCRIPTS=1 # somebody is going to tell of them
# What became of scripts is kept until the server can be told, which shows it at /_localstack/init.
reports=()
url=
report() { # JSON
  reports+=("$1")
  [[ -n $url ]] || return 0
  local one
  for one in "${reports[@]}"; do
    curl -sS -o /dev/null -X PUT -u "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
      ${AWS_SESSION_TOKEN:+-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN"} \
      -H 'Content-Type: application/json' -d "$one" "$url/_kinesisd/scripts"
  done
  reports=()
}

script_is() { # STAGE FILE STATE
  local name=${2##*/}
  name=${name//\\/\\\\}
  report "{\"stage\": \"$1\", \"name\": \"${name//\"/\\\"}\", \"state\": \"$3\"}"
}

running=
run() { # COMMAND...: as a job, so that a signal is obeyed while it runs
  "$@" &
  running=$!
  wait "$running"
  local code=$?
  running=
  return "$code"
}

run_script() { # FILE
  case $1 in
    *.sh) if [[ -x $1 ]]; then run "$1"; else run bash "$1"; fi ;;
    *.py) run python3 "$1" ;;
  esac
}

run_stage() { # STAGE
  local file
  while IFS= read -r file <&3; do
    [[ -z $stopping || $1 == SHUTDOWN ]] || return 0
    if [[ $file != *.sh && $file != *.py ]]; then
      echo "$file is skipped: only files that end in .sh or .py are scripts."
    elif [[ $file == *.py ]] && ! command -v python3 >/dev/null; then
      echo "$file is skipped: there is no Python in this image."
      script_is "$1" "$file" ERROR
    else
      script_is "$1" "$file" RUNNING
      if run_script "$file"; then
        script_is "$1" "$file" SUCCESSFUL
      else
        echo "$file failed with exit code $?."
        script_is "$1" "$file" ERROR
      fi
    fi
  done 3< <(scripts_of "$1")
  report "{\"stage\": \"$1\", \"completed\": true}"
}

server=
stopping=
stop() {
  [[ -z $stopping ]] || return 0
  stopping=yes
  [[ -n $running ]] && kill -TERM "$running" 2>/dev/null
  [[ -n $server ]] || exit 143
  run_stage SHUTDOWN
  kill -TERM "$server" 2>/dev/null
}
trap stop TERM INT

# Scripts written for LocalStack's image may count on these.
export AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID:-test} AWS_SECRET_ACCESS_KEY=${AWS_SECRET_ACCESS_KEY:-test}
export AWS_DEFAULT_REGION=${AWS_DEFAULT_REGION:-us-east-1}

run_stage BOOT
kinesisd "$@" &
server=$!
run_stage START
while [[ -z $stopping ]] && kill -0 "$server" 2>/dev/null; do
  if kinesisd health "$@" >/dev/null 2>&1; then
    for port in 4566 4567 4568; do
      [[ -z $url ]] && curl -sf -o /dev/null "http://localhost:$port/_kinesisd/health" && url=http://localhost:$port
    done
    run_stage READY
    break
  fi
  sleep 0.02
done
while kill -0 "$server" 2>/dev/null; do
  wait "$server"
  code=$?
done
wait "$server"
exit "$?"
