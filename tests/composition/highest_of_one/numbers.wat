;; The same interface at three versions, each answering with its own.
(component
  (core module $m
    (func (export "first") (result i32) i32.const 100)
    (func (export "third") (result i32) i32.const 130)
    (func (export "second-major") (result i32) i32.const 200))
  (core instance $i (instantiate $m))
  (func $first (result u32) (canon lift (core func $i "first")))
  (func $third (result u32) (canon lift (core func $i "third")))
  (func $second-major (result u32) (canon lift (core func $i "second-major")))
  (instance $a (export "get" (func $first)))
  (instance $b (export "get" (func $third)))
  (instance $c (export "get" (func $second-major)))
  (export "demo:number/get@1.3.0" (instance $b))
  (export "demo:number/get@2.0.0" (instance $c))
  (export "demo:number/get@1.0.0" (instance $a)))
