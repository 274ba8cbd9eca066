let alive = 0;

class Token {
  constructor() {
    alive += 1;
  }
  [Symbol.dispose](): void {
    alive -= 1;
  }
}

export const resourceOwnership = {
  Token,
  alive: (): number => alive,
  take(token: Token): number {
    token[Symbol.dispose]();
    return alive;
  },
  keep: (token: Token): Token => token,
};
