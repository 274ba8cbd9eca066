//! Validation on all processors: it is most of what is done to a large component
//! that is not compiled.

mod before;

pub(crate) use before::Before;

use wasmparser::types::Types;
use wasmparser::{
    BinaryReaderError, FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser,
    ValidPayload, Validator, ValidatorResources, WasmFeatures,
};

/// What takes longer to share out than to look at, in bytes.
const LITTLE: usize = 64 << 10;

type Function<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

/// The types of all that is in the bytes of a component or module.
///
/// # Errors
/// They are not valid with these features: the first reason there is, as
/// [`Validator::validate_all`] gives it.
pub fn validate(bytes: &[u8], features: WasmFeatures) -> Result<Types, BinaryReaderError> {
    // What is shared out is the library's code as this crate compiles it, and
    // unoptimised that is slower on all processors than the library's own on one.
    if cfg!(debug_assertions) {
        return Validator::new_with_features(features).validate_all(bytes);
    }
    shared_out(bytes, features)
}

fn shared_out(bytes: &[u8], features: WasmFeatures) -> Result<Types, BinaryReaderError> {
    let mut validator = Validator::new_with_features(features);
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut functions = Vec::new();
    let mut types = None;
    for payload in parser.parse_all(bytes) {
        match validator.payload(&payload?)? {
            ValidPayload::Func(function, body) => functions.push((function, body)),
            ValidPayload::End(outermost) => types = Some(outermost),
            _ => {}
        }
    }
    bodies(functions)?;
    match types {
        Some(types) => Ok(types),
        // What has no end was refused above; if not, then here.
        None => validator.end(bytes.len()),
    }
}

fn bodies(functions: Vec<Function<'_>>) -> Result<(), BinaryReaderError> {
    let size = |(_, body): &Function<'_>| body.range().len();
    let total: usize = functions.iter().map(size).sum();
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    if processors == 1 || total <= LITTLE {
        return one_after_the_other(functions);
    }
    let share = total.div_ceil(processors).max(LITTLE);
    let mut parts: Vec<Vec<Function<'_>>> = vec![Vec::new()];
    let mut filled = 0;
    for function in functions {
        if filled >= share {
            parts.push(Vec::new());
            filled = 0;
        }
        filled += size(&function);
        if let Some(part) = parts.last_mut() {
            part.push(function);
        }
    }
    std::thread::scope(|scope| {
        let first = parts.remove(0);
        let others: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(|| one_after_the_other(part)))
            .collect();
        let mut outcome = one_after_the_other(first);
        for other in others {
            let theirs = other
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            outcome = outcome.and(theirs);
        }
        outcome
    })
}

fn one_after_the_other(functions: Vec<Function<'_>>) -> Result<(), BinaryReaderError> {
    let mut allocations = FuncValidatorAllocations::default();
    for (function, body) in functions {
        let mut validator = function.into_validator(allocations);
        validator.validate(&body)?;
        allocations = validator.into_allocations();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of large functions, those of the given numbers broken.
    fn module(broken: &[usize]) -> Vec<u8> {
        let fill = "(drop (i32.const 1))".repeat(LITTLE / 8);
        let functions: String = (0..8)
            .map(|number| match broken.contains(&number) {
                true => format!("(func {fill} i32.add drop)"),
                false => format!("(func {fill})"),
            })
            .collect();
        wat::parse_str(format!("(module {functions})")).unwrap()
    }

    #[test]
    fn the_first_error_is_told_wherever_it_is() {
        let features = WasmFeatures::all();
        assert!(shared_out(&module(&[]), features).is_ok());
        for broken in [&[0][..], &[7], &[2, 6]] {
            let bytes = module(broken);
            let ours = shared_out(&bytes, features).err().unwrap();
            let theirs = Validator::new_with_features(features).validate_all(&bytes);
            assert_eq!(ours.to_string(), theirs.err().unwrap().to_string());
        }
        assert!(shared_out(b"\0asm\x01\0\0", features).is_err());
    }
}
