import { defineConfig } from 'godwit/config'

export default defineConfig({
  defaultEnvironment: 'dev',
  // The reference is written by bo_airflow, and the legacy table is synced anew every night: three migrations have altered it by mistake.
  owns: { readOnly: ['bo', 'pad.personal_account_dealing'], schemas: ['pad'] },
  environments: {
    dev: {
      database: 'embedded',
      load: ['source.sql', 'target.sql'],
      // A thirtieth of the example is dirt, on purpose. The default of one in a hundred is for real data, and is kept for it below.
      run: { budget: { rows: 50, percent: 5 } },
    },
    qa: { database: '${QA_DATABASE_URL}' },
    prod: { database: '${PROD_DATABASE_URL}', protected: true },
  },
})
