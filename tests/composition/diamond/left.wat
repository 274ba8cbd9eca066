(component
  (import "demo:diamond/counter@1.0.0" (instance $from (export "get" (func (result u32)))))
  (core func $get (canon lower (func $from "get")))
  (core module $m
    (import "from" "get" (func $get (result i32)))
    (func (export "get") (result i32)
      call $get))
  (core instance $i (instantiate $m
    (with "from" (instance (export "get" (func $get))))))
  (func $out (result u32) (canon lift (core func $i "get")))
  (instance $to (export "get" (func $out)))
  (export "demo:diamond/left@1.0.0" (instance $to)))
