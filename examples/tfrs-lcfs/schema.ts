// Written by `godwit pull`; `godwit pull --check` tells when it is out of date.
import { bigint, database, enumeration, int, json, jsonb, numeric, table, text, timestamptz, varchar } from 'godwit'

export const tfrsCompliancePeriod = database('tfrs').table('tfrs.compliance_period', {
  id: int().key(),
  description: varchar(1000),
})

export const tfrsComplianceReport = database('tfrs').table('tfrs.compliance_report', {
  id: int().key(),
  status_id: int(),
  type_id: int(),
  organization_id: int(),
  compliance_period_id: int(),
  schedule_a_id: int().null(),
  exclusion_agreement_id: int().null(),
  supplements_id: int().null(),
  root_report_id: int().null(),
  latest_report_id: int().null(),
  traversal: int(),
  nickname: varchar(255).null(),
  supplemental_note: varchar(500).null(),
  create_timestamp: timestamptz().null(),
  update_timestamp: timestamptz().null(),
})

export const tfrsComplianceReportHistory = database('tfrs').table('tfrs.compliance_report_history', {
  id: int().key(),
  compliance_report_id: int(),
  status_id: int(),
  create_timestamp: timestamptz().null(),
  create_user_id: int().null(),
})

export const complianceReportSnapshot = database('tfrs').table('tfrs.compliance_report_snapshot', {
  id: int().key(),
  compliance_report_id: int(),
  snapshot: json().null(),
})

export const exclusionRecord = database('tfrs').table('tfrs.exclusion_record', {
  id: int().key(),
  agreement_id: int(),
  transaction_type_id: int(),
  fuel_type_id: int(),
  transaction_partner: varchar(200).null(),
  postal_address: varchar(200).null(),
  quantity: numeric(15).null(),
  quantity_not_sold: numeric(15).null(),
})

export const tfrsOrganization = database('tfrs').table('tfrs.organization', {
  id: int().key(),
  name: varchar(500),
})

export const scheduleARecord = database('tfrs').table('tfrs.schedule_a_record', {
  id: int().key(),
  schedule_id: int(),
  quantity: numeric(20, 2),
  trading_partner: varchar(200),
  postal_address: varchar(200),
  fuel_class_id: int(),
  transfer_type_id: int(),
})

export const workflowState = database('tfrs').table('tfrs.workflow_state', {
  id: int().key(),
  fuel_supplier_status: varchar(50),
  analyst_status: varchar(50),
  manager_status: varchar(50),
  director_status: varchar(50),
})

export const allocationAgreement = table('lcfs.allocation_agreement', {
  allocation_agreement_id: int().key().default(),
  compliance_report_id: int().references('lcfs.compliance_report.compliance_report_id'),
  transaction_partner: varchar(),
  postal_address: varchar(),
  responsibility: varchar(20),
  fuel_type_id: int().references('lcfs.fuel_type.fuel_type_id'),
  quantity: bigint(),
  quantity_not_sold: bigint().null(),
  group_uuid: varchar(36),
  version: int().default(),
  action_type: enumeration('lcfs.action_enum', ['CREATE', 'UPDATE', 'DELETE']).default(),
  create_user: varchar(50).null(),
})

export const lcfsCompliancePeriod = table('lcfs.compliance_period', {
  compliance_period_id: int().key(),
  description: varchar(50),
})

export const lcfsComplianceReport = table('lcfs.compliance_report', {
  compliance_report_id: int().key().default(),
  organization_id: int().references('lcfs.organization.organization_id'),
  compliance_period_id: int().references('lcfs.compliance_period.compliance_period_id'),
  current_status: varchar(40),
  compliance_report_group_uuid: varchar(36),
  version: int(),
  legacy_id: int().null(),
  nickname: varchar(255).null(),
  supplemental_note: varchar(500).null(),
  create_date: timestamptz().null(),
  update_date: timestamptz().null(),
  create_user: varchar(50).null(),
})

export const lcfsComplianceReportHistory = table('lcfs.compliance_report_history', {
  history_id: int().key().default(),
  compliance_report_id: int().references('lcfs.compliance_report.compliance_report_id'),
  status: varchar(40),
  create_date: timestamptz().null(),
})

export const complianceReportSummary = table('lcfs.compliance_report_summary', {
  summary_id: int().key().default(),
  compliance_report_id: int().references('lcfs.compliance_report.compliance_report_id'),
  line_1: numeric(20, 2).default(),
  line_11: numeric(20, 2).default(),
  line_18: numeric(20, 2).default(),
  line_21_penalty: numeric(20, 2).null(),
  total_payable: numeric(20, 2).null(),
  historical_snapshot: jsonb().null(),
})

export const fuelSupply = table('lcfs.fuel_supply', {
  fuel_supply_id: int().key().default(),
  compliance_report_id: int().references('lcfs.compliance_report.compliance_report_id'),
  fuel_type_id: int().references('lcfs.fuel_type.fuel_type_id'),
  fuel_category_id: int(),
  provision: varchar(100),
  quantity: bigint(),
  units: varchar(20),
  compliance_units: numeric(13, 5).null(),
  group_uuid: varchar(36),
  version: int().default(),
  action_type: enumeration('lcfs.action_enum', ['CREATE', 'UPDATE', 'DELETE']).default(),
  create_user: varchar(50).null(),
})

export const fuelType = table('lcfs.fuel_type', {
  fuel_type_id: int().key(),
  fuel_type: text(),
})

export const notionalTransfer = table('lcfs.notional_transfer', {
  notional_transfer_id: int().key().default(),
  compliance_report_id: int().references('lcfs.compliance_report.compliance_report_id'),
  legal_name: varchar(),
  address_for_service: varchar(),
  fuel_category_id: int(),
  received_or_transferred: enumeration('lcfs.rt_enum', ['Received', 'Transferred']),
  quantity: bigint(),
  group_uuid: varchar(36),
  version: int().default(),
  action_type: enumeration('lcfs.action_enum', ['CREATE', 'UPDATE', 'DELETE']).default(),
  create_user: varchar(50).null(),
})

export const lcfsOrganization = table('lcfs.organization', {
  organization_id: int().key().default(),
  name: varchar(500),
})
