from typing import List

from wit_world import exports
from wit_world.exports import resource_ownership

alive = 0


class Token(resource_ownership.Token):
    def __init__(self) -> None:
        global alive
        alive += 1

    def __del__(self) -> None:
        global alive
        alive -= 1


class ResourceOwnership(exports.ResourceOwnership):
    def alive(self, tokens: List[Token]) -> int:
        return alive

    def take(self, token: Token) -> int:
        del token
        return alive

    def keep(self, token: Token) -> Token:
        return token
