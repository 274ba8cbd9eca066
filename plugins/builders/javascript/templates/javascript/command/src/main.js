const [name = "World"] = process.argv.slice(2);

console.log(`Hello, ${name}!`);
