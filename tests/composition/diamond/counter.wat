;; Counts its calls. Were there two of it, each would begin at one.
(component
  (core module $m
    (global $count (mut i32) (i32.const 0))
    (func (export "get") (result i32)
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      global.get $count))
  (core instance $i (instantiate $m))
  (func $get (result u32) (canon lift (core func $i "get")))
  (instance $to (export "get" (func $get)))
  (export "demo:diamond/counter@1.0.0" (instance $to)))
