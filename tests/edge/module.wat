;; A core module as an SDK of Fastly Compute makes it: it answers with a greeting and
;; what it was sent, and prints the greeting.
(module
  (import "fastly_abi" "init" (func $init (param i64) (result i32)))
  (import "fastly_http_req" "body_downstream_get" (func $request (param i32 i32) (result i32)))
  (import "fastly_http_body" "new" (func $body (param i32) (result i32)))
  (import "fastly_http_body" "write" (func $write (param i32 i32 i32 i32 i32) (result i32)))
  (import "fastly_http_body" "append" (func $append (param i32 i32) (result i32)))
  (import "fastly_http_resp" "new" (func $response (param i32) (result i32)))
  (import "fastly_http_resp" "status_set" (func $status (param i32 i32) (result i32)))
  (import "fastly_http_resp" "send_downstream" (func $send (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $print (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "Hello from a core module\n")
  ;; The same as one vector of what is printed: address and length.
  (data (i32.const 96) "\40\00\00\00\19\00\00\00")
  (func $must (param $status i32)
    (if (local.get $status) (then unreachable)))
  ;; Handles: 0 the request, 4 its body, 8 the response, 12 its body; 16 is how much
  ;; was written.
  (func (export "_start")
    (call $must (call $init (i64.const 1)))
    (call $must (call $request (i32.const 0) (i32.const 4)))
    (call $must (call $response (i32.const 8)))
    (call $must (call $status (i32.load (i32.const 8)) (i32.const 203)))
    (call $must (call $body (i32.const 12)))
    (call $must (call $write
      (i32.load (i32.const 12)) (i32.const 64) (i32.const 25) (i32.const 0) (i32.const 16)))
    (call $must (call $append (i32.load (i32.const 12)) (i32.load (i32.const 4))))
    (call $must (call $send (i32.load (i32.const 8)) (i32.load (i32.const 12)) (i32.const 0)))
    (call $must (call $print (i32.const 1) (i32.const 96) (i32.const 1) (i32.const 16)))))
