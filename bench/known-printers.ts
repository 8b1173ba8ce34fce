import { printFigure, printUnable } from './figure.ts'
import { withFleet } from './fleet.ts'
import { type Cost, measureProcess } from './measure-process.ts'
import { printCost } from './networks.ts'
import { AT_ONE_TIME, naiveNetSnmp, runOf, snmpbulkwalk, timeOf, WALKED } from './peers.ts'
import { inRounds, medianOf } from './rounds.ts'
import { type Bench, listPrinters, noteOf, scanFleet } from './scan-process.ts'

const PRINTERS = 1000
const CIDR = '127.94.0.0/20'
const name = '1,000 known printers, --rate 0'
/** Percent. */
const LOST = 10
const seconds = ({ seconds }: Cost): number => seconds

/** Printers whose addresses are known, read: beside programs that walk them. */
export async function knownPrinters(bench: Bench): Promise<void> {
  const { workspace, peers, simulator } = bench
  await withFleet(simulator, { cidr: CIDR, printers: PRINTERS }, async (fleet) => {
    const file = listPrinters(bench, fleet)
    const runs = await inRounds(bench.runs, {
      scan: () => scanFleet(bench, fleet, '-f', file, '--rate', '0'),
      snmpbulkwalk: runOf(peers, 'snmpbulkwalk', workspace, () => snmpbulkwalk(workspace, fleet)),
      naive: () => measureProcess(workspace, naiveNetSnmp(workspace, fleet)),
    })
    const { snmpbulkwalk: processes, naive: sessions } = AT_ONE_TIME
    console.log(
      `the others walk ${WALKED}: snmpbulkwalk in ${processes} processes, naive net-snmp in ${sessions} sessions`,
    )
    const time = medianOf(runs.scan, seconds)
    const others = [...timeOf('snmpbulkwalk', runs.snmpbulkwalk), ...timeOf('naive net-snmp', runs.naive)]
    printFigure({
      name: `${name}: time`,
      value: time,
      unit: 's',
      peers: others,
      target: {
        words: 'faster than both; 0.75 of snmp_exporter to aim for',
        isMet: others.some(({ value }) => time >= value) ? false : others.length < 2 ? null : true,
      },
      note: noteOf(runs.scan, fleet),
    })
    const memory = medianOf(runs.scan, ({ megabytes }) => megabytes)
    printCost(name, runs.scan, { words: 'in 120 MB', isMet: Number.isNaN(memory) ? null : memory <= 120 })
    const requests = medianOf(runs.scan, ({ stats }) => stats && stats.req_live / stats.hosts_asked)
    if (!simulator.isComplete) return printUnable('requests for each printer', 'the C simulator')
    printFigure({
      name: 'requests for each printer, being asked included',
      value: requests,
      unit: '',
      digits: 1,
      // A repetition now and then, for want of processor time, is no request more.
      target: { words: '6 at most', isMet: Number(requests.toFixed(1)) <= 6 },
    })
  })
}

/** The same where requests get lost. */
export async function knownPrintersWithLoss(bench: Bench): Promise<void> {
  const network = { cidr: CIDR, printers: PRINTERS }
  await withFleet(bench.simulator, network, (quiet) =>
    withFleet(bench.simulator, { ...network, requestLoss: LOST }, async (lossy) => {
      const file = listPrinters(bench, quiet)
      const lossyFile = bench.simulator.isComplete ? file : listPrinters(bench, lossy)
      const runs = await inRounds(bench.runs, {
        quiet: () => scanFleet(bench, quiet, '-f', file, '--rate', '0'),
        lossy: () => scanFleet(bench, lossy, '-f', lossyFile, '--rate', '0'),
      })
      const more = medianOf(runs.lossy, seconds) - medianOf(runs.quiet, seconds)
      // Of the worst run
      const complete = Math.min(...runs.lossy.map(({ found, incomplete }) => found - incomplete))
      printFigure({
        name: `${name}: time`,
        value: medianOf(runs.quiet, seconds),
        unit: 's',
        note: noteOf(runs.quiet, quiet),
      })
      printFigure({
        name: `${name}, ${LOST} % of requests lost: more time`,
        value: more,
        unit: 's',
        target: { words: 'within 2 s of the same without loss', isMet: more <= 2 },
      })
      printFigure({
        name: `${name}, ${LOST} % of requests lost: fully read`,
        value: complete,
        unit: `of ${PRINTERS.toLocaleString('en')}`,
        digits: 0,
        target: { words: 'all', isMet: complete === PRINTERS },
      })
      if (!bench.simulator.isComplete) return
      const asked = medianOf(runs.quiet, ({ stats }) => stats?.req_live)
      const repeats = medianOf(runs.lossy, ({ stats }) => stats && (stats.req_live - asked) / stats.dropped_req)
      printFigure({ name: 'requests more for each that is lost', value: repeats, unit: '' })
    }),
  )
}
