from wit_world import exports
from wit_world.exports.enums_and_flags import Access, Color


class EnumsAndFlags(exports.EnumsAndFlags):
    def next(self, color: Color) -> Color:
        return Color((color.value + 1) % len(Color))

    def toggle(self, access: Access) -> Access:
        return ~access

    def contains(self, access: Access, all: Access) -> bool:
        return all in access
