;; Asks the host for the program's arguments and counts them.
(component
  (import "wasi:cli/environment@0.2.0" (instance $env
    (export "get-arguments" (func (result (list string))))))
  (core module $memory
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3)))))
  (core instance $memory (instantiate $memory))
  (core func $arguments (canon lower (func $env "get-arguments")
    (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core module $m
    (import "env" "arguments" (func $arguments (param i32)))
    (import "env" "memory" (memory 1))
    (func (export "get") (result i32)
      i32.const 16
      call $arguments
      i32.const 20
      i32.load))
  (core instance $i (instantiate $m
    (with "env" (instance
      (export "arguments" (func $arguments))
      (export "memory" (memory $memory "memory"))))))
  (func $get (result u32) (canon lift (core func $i "get")))
  (instance $to (export "get" (func $get)))
  (export "demo:speak/up@1.0.0" (instance $to)))
