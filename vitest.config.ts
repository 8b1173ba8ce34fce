import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    hookTimeout: 30_000,
    // real sockets and child processes on a small machine: few files at one time
    maxWorkers: 2,
    // CI counts from the report and refuses skipped tests
    ...(process.env.CI && { reporters: ['default', ['json', { outputFile: 'build/test-report.json' }]] }),
  },
})
