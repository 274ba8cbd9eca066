package export_conformance_enums_and_flags_enums_and_flags

import . "wit_component/conformance_enums_and_flags_enums_and_flags"

func Next(color Color) Color { return (color + 1) % (ColorDeepBlue + 1) }

func Toggle(access Access) Access { return access ^ (AccessRead | AccessWrite | AccessExecute) }

func Contains(access, all Access) bool { return access&all == all }
