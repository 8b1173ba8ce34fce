export const RETENTION_EXIT_CODES = [
  'Exit codes:',
  '0    done',
  '1    could not be done: server not reached or refused, archive not written or damaged, database unusable',
  '2    wrong usage or config',
].join('\n')
