// wasi:keyvalue over KV namespaces. KV is eventually consistent, so there is no
// `atomics`: it could not keep what it promises.

/** How many keys one page of a list has at most. */
const PAGE = 1000;

async function told(doing) {
  try {
    return await doing;
  } catch (cause) {
    throw { tag: "other", val: String(cause?.message ?? cause) };
  }
}

const bytesOf = async (namespace, key) => {
  const value = await told(namespace.get(key, "arrayBuffer"));
  return value === null ? undefined : new Uint8Array(value);
};

export class Bucket {
  #namespace;
  /** The platform's cursors are texts, and those of WASI numbers. */
  #cursors = [];
  constructor(namespace) {
    this.#namespace = namespace;
  }
  get(key) {
    return bytesOf(this.#namespace, key);
  }
  set(key, value) {
    return told(this.#namespace.put(key, value));
  }
  delete(key) {
    return told(this.#namespace.delete(key));
  }
  async exists(key) {
    return (await bytesOf(this.#namespace, key)) !== undefined;
  }
  async listKeys(cursor) {
    const after = cursor === undefined ? undefined : this.#cursors[Number(cursor)];
    const page = await told(this.#namespace.list({ limit: PAGE, cursor: after }));
    if (!page.list_complete) this.#cursors.push(page.cursor);
    return {
      keys: page.keys.map((key) => key.name),
      cursor: page.list_complete ? undefined : BigInt(this.#cursors.length - 1),
    };
  }
}

/** The interfaces, with these namespaces by name. */
export function keyvalue(namespaces) {
  return {
    "wasi:keyvalue/store": {
      Bucket,
      open(name) {
        const namespace = namespaces[name];
        if (namespace === undefined) throw { tag: "no-such-store" };
        return new Bucket(namespace);
      },
    },
    "wasi:keyvalue/batch": {
      getMany(bucket, keys) {
        const pair = async (key) => {
          const value = await bucket.get(key);
          return value === undefined ? undefined : [key, value];
        };
        return Promise.all(keys.map(pair));
      },
      async setMany(bucket, pairs) {
        await Promise.all(pairs.map(([key, value]) => bucket.set(key, value)));
      },
      async deleteMany(bucket, keys) {
        await Promise.all(keys.map((key) => bucket.delete(key)));
      },
    },
  };
}
