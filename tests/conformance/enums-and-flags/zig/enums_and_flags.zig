const wit = @import("wit");

const Color = wit.exports_conformance_enums_and_flags_enums_and_flags_color_t;
const Access = wit.exports_conformance_enums_and_flags_enums_and_flags_access_t;
const deep_blue = wit.EXPORTS_CONFORMANCE_ENUMS_AND_FLAGS_ENUMS_AND_FLAGS_COLOR_DEEP_BLUE;
const every: Access = wit.EXPORTS_CONFORMANCE_ENUMS_AND_FLAGS_ENUMS_AND_FLAGS_ACCESS_READ |
    wit.EXPORTS_CONFORMANCE_ENUMS_AND_FLAGS_ENUMS_AND_FLAGS_ACCESS_WRITE |
    wit.EXPORTS_CONFORMANCE_ENUMS_AND_FLAGS_ENUMS_AND_FLAGS_ACCESS_EXECUTE;

export fn exports_conformance_enums_and_flags_enums_and_flags_next(color: Color) Color {
    return (color + 1) % (deep_blue + 1);
}

export fn exports_conformance_enums_and_flags_enums_and_flags_toggle(access: Access) Access {
    return access ^ every;
}

export fn exports_conformance_enums_and_flags_enums_and_flags_contains(access: Access, all: Access) bool {
    return access & all == all;
}
