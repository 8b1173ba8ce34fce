import { listDeviceColumns } from '../views/device-view.ts'
import { describeList } from './describe-list.ts'
import { composeList, type Screen, type ScreenRequest } from './screen.ts'

/** Every printer. */
export function composePrinters(request: ScreenRequest): Screen {
  const { state, sources, frame } = request
  const { printers: order } = state.orders
  const filter = state.filters.printers
  const rows = sources.derived.printers(order, filter)
  return composeList(
    {
      above: [describeList('printer', rows.length, sources.store.devices.size, order, filter, frame)],
      rows,
      columns: listDeviceColumns(frame),
      idOf: ({ device }) => device.device_id,
      empty: filter === '' ? 'There are no printers yet.' : 'No printer fits the filter.',
      open: ({ device }) => ({ screen: 'printer', id: device.device_id }),
      hints: ['enter: open', '/: filter', 's: sort'],
    },
    request,
  )
}
