//! SHA-256 (FIPS 180-4) without its padding, over bytes that count up: integers,
//! shifts and memory.

pub fn of_counting_bytes(length: u64) -> [u32; 8] {
    let constants = fractions(64, f64::cbrt);
    let mut state = [0; 8];
    state.copy_from_slice(&fractions(8, f64::sqrt));
    let mut block = [0_u8; 64];
    for at in 0..length / 64 {
        for (byte, value) in block.iter_mut().zip(at..) {
            *byte = value as u8;
        }
        compress(&mut state, &block, &constants);
    }
    state
}

/// The first 32 bits of the fractional part of a root of the first primes.
fn fractions(count: usize, root: fn(f64) -> f64) -> Vec<u32> {
    (2_u32..)
        .filter(|n| (2..*n).all(|d| n % d != 0))
        .take(count)
        .map(|prime| (root(f64::from(prime)).fract() * 4_294_967_296.0) as u32)
        .collect()
}

fn compress(state: &mut [u32; 8], block: &[u8; 64], constants: &[u32]) {
    let mut words = [0_u32; 64];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    for t in 16..64 {
        let (a, b) = (words[t - 15], words[t - 2]);
        let s0 = a.rotate_right(7) ^ a.rotate_right(18) ^ a >> 3;
        let s1 = b.rotate_right(17) ^ b.rotate_right(19) ^ b >> 10;
        words[t] = words[t - 16]
            .wrapping_add(s0)
            .wrapping_add(words[t - 7])
            .wrapping_add(s1);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (word, constant) in words.iter().zip(constants) {
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let first = h
            .wrapping_add(s1)
            .wrapping_add(e & f ^ !e & g)
            .wrapping_add(*constant)
            .wrapping_add(*word);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let second = s0.wrapping_add(a & b ^ a & c ^ b & c);
        (h, g, f, e) = (g, f, e, d.wrapping_add(first));
        (d, c, b, a) = (c, b, a, first.wrapping_add(second));
    }
    for (sum, value) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *sum = sum.wrapping_add(value);
    }
}
