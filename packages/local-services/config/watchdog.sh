#!/bin/sh
# Ends a server and deletes its folder ($1) when the process that started it is gone, whatever ended it.
# Standard input is a pipe whose other end only that process holds: its end of file is the process's end.
# Each line is the pid to end from now on (empty: none); the line `release` lets go without doing anything.
pid=
while read -r line; do
  if [ "$line" = release ]; then exit 0; fi
  pid=$line
done
if [ -n "$pid" ]; then
  kill -9 "$pid" 2>/dev/null
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 100 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
fi
rm -rf -- "$1"
