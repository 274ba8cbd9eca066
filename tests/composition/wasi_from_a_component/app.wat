(component
  (import "wasi:demo/thing@0.2.0" (instance $from (export "get" (func (result u32)))))
  (core func $get (canon lower (func $from "get")))
  (core module $m
    (import "from" "get" (func $get (result i32)))
    (func (export "run") (result i32)
      call $get))
  (core instance $i (instantiate $m
    (with "from" (instance (export "get" (func $get))))))
  (func (export "run") (result u32) (canon lift (core func $i "run"))))
