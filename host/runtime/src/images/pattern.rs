//! Contents that are found again in whatever they were put into.

/// Bytes that no other contents are, none of them 0, so that neither end of them
/// is taken for memory that needs no contents.
pub(crate) fn pattern(index: usize, size: usize) -> Vec<u8> {
    // Knuth's linear congruential generator (MMIX).
    let mut state = index as u64 + 0x7275_6e32;
    std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8 | 1
    })
    .take(size)
    .collect()
}
