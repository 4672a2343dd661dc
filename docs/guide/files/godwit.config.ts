import type { Config } from 'godwit/api'

export default {
  load: ['new.sql'],
  sources: {
    exports: {
      files: 'exports',
      tables: {
        member: { file: 'member-*.csv', delimiter: ';', null: '\\N' },
        town: { file: 'towns.ndjson', key: ['code'] },
      },
    },
  },
} satisfies Config
