;; A command that writes its stdin to stdout and the value of its first
;; variable to stderr, and fails where stdin begins with `!`; the same as a
;; function.
(component
  (import "wasi:io/error@0.2.0" (instance $error-i (export "error" (type (sub resource)))))
  (alias export $error-i "error" (type $error))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (alias outer 1 $error (type $error-outer))
    (export "error" (type $error (eq $error-outer)))
    (export "input-stream" (type $in (sub resource)))
    (export "output-stream" (type $out (sub resource)))
    (type $failed (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $failed)))
    (export "[method]input-stream.blocking-read" (func
      (param "self" (borrow $in)) (param "len" u64)
      (result (result (list u8) (error $stream-error)))))
    (export "[method]output-stream.blocking-write-and-flush" (func
      (param "self" (borrow $out)) (param "contents" (list u8))
      (result (result (error $stream-error)))))))
  (alias export $streams "input-stream" (type $in))
  (alias export $streams "output-stream" (type $out))
  (import "wasi:cli/stdin@0.2.0" (instance $stdin
    (alias outer 1 $in (type $in-outer))
    (export "input-stream" (type $in (eq $in-outer)))
    (export "get-stdin" (func (result (own $in))))))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (alias outer 1 $out (type $out-outer))
    (export "output-stream" (type $out (eq $out-outer)))
    (export "get-stdout" (func (result (own $out))))))
  (import "wasi:cli/stderr@0.2.0" (instance $stderr
    (alias outer 1 $out (type $out-outer))
    (export "output-stream" (type $out (eq $out-outer)))
    (export "get-stderr" (func (result (own $out))))))
  (import "wasi:cli/environment@0.2.0" (instance $environment
    (export "get-environment" (func (result (list (tuple string string)))))))
  (core module $memory
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at
        (i32.and
          (i32.add (global.get $next) (i32.const 7))
          (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      local.get $at))
  (core instance $mem (instantiate $memory))
  (core func $get-stdin (canon lower (func $stdin "get-stdin")))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $get-stderr (canon lower (func $stderr "get-stderr")))
  (core func $read (canon lower
    (func $streams "[method]input-stream.blocking-read")
    (memory $mem "memory") (realloc (func $mem "realloc"))))
  (core func $write (canon lower
    (func $streams "[method]output-stream.blocking-write-and-flush")
    (memory $mem "memory") (realloc (func $mem "realloc"))))
  (core func $get-environment (canon lower
    (func $environment "get-environment")
    (memory $mem "memory") (realloc (func $mem "realloc"))))
  (core module $main
    (import "" "memory" (memory 1))
    (import "" "stdin" (func $stdin (result i32)))
    (import "" "stdout" (func $stdout (result i32)))
    (import "" "stderr" (func $stderr (result i32)))
    (import "" "read" (func $read (param i32 i64 i32)))
    (import "" "write" (func $write (param i32 i32 i32 i32)))
    (import "" "environment" (func $environment (param i32)))
    (func (export "run") (result i32)
      (local $first i32)
      (call $environment (i32.const 64))
      (if (i32.load (i32.const 68))
        (then
          (local.set $first (i32.load (i32.const 64)))
          (call $write (call $stderr)
            (i32.load offset=8 (local.get $first))
            (i32.load offset=12 (local.get $first))
            (i32.const 32))))
      ;; The result's discriminant at 0, its payload at 4.
      (call $read (call $stdin) (i64.const 4096) (i32.const 0))
      (if (i32.load8_u (i32.const 0)) (then (return (i32.const 0))))
      (call $write (call $stdout)
        (i32.load (i32.const 4)) (i32.load (i32.const 8)) (i32.const 32))
      (i32.and
        (i32.ne (i32.load (i32.const 8)) (i32.const 0))
        (i32.eq (i32.load8_u (i32.load (i32.const 4))) (i32.const 33)))))
  (core instance $i (instantiate $main (with "" (instance
    (export "memory" (memory $mem "memory"))
    (export "stdin" (func $get-stdin))
    (export "stdout" (func $get-stdout))
    (export "stderr" (func $get-stderr))
    (export "read" (func $read))
    (export "write" (func $write))
    (export "environment" (func $get-environment))))))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $run-i (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $run-i))
  (func (export "cat") (result (result)) (canon lift (core func $i "run"))))
