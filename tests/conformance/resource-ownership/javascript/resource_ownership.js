let alive = 0;

class Token {
  constructor() {
    alive += 1;
  }
  [Symbol.dispose]() {
    alive -= 1;
  }
}

export const resourceOwnership = {
  Token,
  alive: () => alive,
  take(token) {
    token[Symbol.dispose]();
    return alive;
  },
  keep: (token) => token,
};
