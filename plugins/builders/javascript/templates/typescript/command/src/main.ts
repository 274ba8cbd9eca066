const [name = "World"]: string[] = process.argv.slice(2);

console.log(`Hello, ${name}!`);
