import { formatVariable } from './read-environment.ts'
import { SECTIONS } from './schema.ts'
import { fileKey, type Settings } from './setting.ts'

const INTRODUCTION = [
  'PrintMaster configuration. Every key is shown with its default, and commented out: remove the # to change it.',
  'Keys without a default show a sample, or nothing. An empty value counts as not set.',
  '',
  'Read from --config FILE, else from the file named by PRINTMASTER_CONFIG, else from config.ini in the working',
  'directory, else from /etc/printmaster/config.ini.',
  '',
  `The environment beats this file: [snmp] timeout is ${formatVariable('snmp', 'timeout')},`,
  `[snmp.labels] auth_key is ${formatVariable('snmp.labels', 'auth_key')}.`,
  'A secret may stand in a file of its own: auth_key_file = PATH (relative to this file), or in the environment',
  `${formatVariable('snmp', 'auth_key_file')}.`,
  '',
  'Put a value that holds # or ; in double quotes.',
]

/** The text of `config.ini.example`, from the schema. All keys are commented out. */
export function renderExample(): string {
  const lines = INTRODUCTION.map(renderProse)
  for (const [name, { why, keys, named }] of Object.entries(SECTIONS)) {
    lines.push('', renderProse(why), `[${name}]`, ...renderKeys(keys))
    if (named) lines.push('', renderProse(named.why), `#[${name}.${named.sample}]`, ...renderKeys(named.keys))
  }
  return `${lines.join('\n')}\n`
}

function renderKeys(keys: Settings): string[] {
  return Object.entries(keys).flatMap(([key, { why, kind, initial, sample }]) => {
    const value = initial || sample || ''
    const lines = ['', renderProse(why), `#${key} = ${value}`.trimEnd()]
    return kind.secret ? [...lines, `#${fileKey(key)} =`] : lines
  })
}

function renderProse(line: string): string {
  return `# ${line}`.trimEnd()
}
