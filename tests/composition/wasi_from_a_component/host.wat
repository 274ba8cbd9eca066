(component
  (core module $m (func (export "get") (result i32) i32.const 9))
  (core instance $i (instantiate $m))
  (func $get (result u32) (canon lift (core func $i "get")))
  (instance $to (export "get" (func $get)))
  (export "wasi:demo/thing@0.2.1" (instance $to)))
