import { migration } from 'godwit'
import { reports } from './reports.ts'
import { transfers } from './schedule-a.ts'

export default migration('tfrs-lcfs', reports, transfers)
