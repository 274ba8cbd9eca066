//! Five bodies under gravity, as in the n-body benchmark: floating point alone.

const STEP: f64 = 0.01;

#[derive(Clone, Copy)]
struct Body {
    at: [f64; 3],
    speed: [f64; 3],
    mass: f64,
}

/// The energy of the system after so many steps.
pub fn energy_after(steps: u32) -> f64 {
    let mut bodies: [Body; 5] = std::array::from_fn(|n| {
        let n = n as f64;
        Body {
            at: [n * 5.2, n * n - 1.1 * n, 0.3 * n],
            speed: [0.6 - 0.1 * n, 2.8 / (n + 1.0), 0.02 * n],
            mass: 39.5 / (1.0 + 1000.0 * n),
        }
    });
    for _ in 0..steps {
        advance(&mut bodies);
    }
    energy(&bodies)
}

fn advance(bodies: &mut [Body; 5]) {
    for i in 0..bodies.len() {
        let (left, right) = bodies.split_at_mut(i + 1);
        let one = &mut left[i];
        for other in right {
            let apart = between(one, other);
            let square = dot(apart, apart);
            let pull = STEP / (square * square.sqrt());
            for (axis, distance) in apart.into_iter().enumerate() {
                one.speed[axis] -= distance * other.mass * pull;
                other.speed[axis] += distance * one.mass * pull;
            }
        }
    }
    for body in bodies {
        for axis in 0..3 {
            body.at[axis] += STEP * body.speed[axis];
        }
    }
}

fn energy(bodies: &[Body; 5]) -> f64 {
    let mut sum = 0.0;
    for (i, body) in bodies.iter().enumerate() {
        sum += 0.5 * body.mass * dot(body.speed, body.speed);
        for other in &bodies[i + 1..] {
            let apart = between(body, other);
            sum -= body.mass * other.mass / dot(apart, apart).sqrt();
        }
    }
    sum
}

fn between(a: &Body, b: &Body) -> [f64; 3] {
    std::array::from_fn(|axis| a.at[axis] - b.at[axis])
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
