(component
  (core module $m (func (export "get") (result i32) i32.const 1))
  (core instance $i (instantiate $m))
  (func $get (result u32) (canon lift (core func $i "get")))
  (instance $to (export "get" (func $get)))
  (export "demo:other/thing@1.0.0" (instance $to)))
