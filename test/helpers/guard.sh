#!/bin/sh
# Ends what a test has started after the test itself: guard.sh MARK REPORT TEST, see guard.ts.
#
# The test holds the other end of standard input. That ends with the test, however the test ends, also by SIGKILL. Each line on it is
# a command that takes something back. A test that ends in good order sends SIGWINCH before; it does nothing to a shell that is not
# ready for it yet.
mark=$1 report=$2 test=$3
undo='' ended=''
trap 'ended=1' WINCH
while read -r line; do undo="$line; $undo"; done

left() {
  grep -slzxF "$mark" /proc/[0-9]*/environ | cut -d/ -f3
}

end_all() {
  round=0
  while pids=$(left) && [ -n "$pids" ] && [ "$round" -lt 100 ]; do
    # shellcheck disable=SC2086 # several words
    kill -9 $pids
    sleep 0.05
    round=$((round + 1))
  done
}

if [ -n "$ended" ]; then
  # What sees by itself that the test has ended may take three seconds for it.
  round=0
  while [ "$round" -lt 30 ] && [ -n "$(left)" ]; do
    sleep 0.1
    round=$((round + 1))
  done
  for pid in $(left); do
    echo "$test left running: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline")" >>"$report"
  done
  end_all
else
  # What hangs in the kernel until its drive is back cannot be killed before.
  eval "$undo"
  end_all
  eval "$undo"
fi
