wit_bindgen::generate!();

use exports::conformance::records::records::{Guest, Person, Point};

struct Case;

export!(Case);

impl Guest for Case {
    fn add(a: Point, b: Point) -> Point {
        Point {
            x: a.x + b.x,
            y: a.y + b.y,
        }
    }

    fn older(person: Person) -> Person {
        Person {
            age: person.age + 1,
            ..person
        }
    }

    fn farthest(points: Vec<Point>) -> Point {
        let distance = |point: &Point| point.x * point.x + point.y * point.y;
        points.into_iter().max_by_key(distance).expect("a point")
    }
}
