/** `npm run bench [NAME...]`: runs the named benches, all by default. Figures go to stdout as one table each. */
const BENCHES = ['scan'] as const

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !BENCHES.some((known) => known === name))
if (unknown.length > 0) {
  console.error(`there is no bench ${unknown.join(', ')}; there are: ${BENCHES.join(', ')}`)
  process.exit(2)
}
for (const name of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const { run } = (await import(`./${name}.ts`)) as { run(): Promise<void> }
  await run()
}
