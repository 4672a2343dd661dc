// Written by `godwit pull`; `godwit pull --check` tells when it is out of date.
import { date, double, int, numeric, table, text, varchar } from 'godwit'

export const chargingEquipment = table('public.charging_equipment', {
  equipment_id: int().key().default(),
  site_id: int().references('public.charging_site.site_id'),
  equipment_number: varchar(5),
  serial_nbr: text(),
  manufacturer: text(),
  model: text().null(),
})

export const chargingSite = table('public.charging_site', {
  site_id: int().key().default(),
  organization_id: int().references('public.organization.organization_id'),
  site_key: text(),
  street_address: text(),
  city: text(),
  postal_code: text().null(),
  lat: double().null(),
  lon: double().null(),
})

export const complianceReport = table('public.compliance_report', {
  compliance_report_id: int().key(),
  organization_id: int().references('public.organization.organization_id'),
  group_uuid: varchar(36),
  version: int(),
  status: text(),
})

export const finalSupplyEquipment = table('public.final_supply_equipment', {
  fse_id: int().key().default(),
  compliance_report_id: int().references('public.compliance_report.compliance_report_id'),
  allocating_org_name: text().null(),
  supply_from: date(),
  supply_to: date(),
  kwh_usage: numeric(20, 2).null(),
  serial_nbr: text().null(),
  manufacturer: text().null(),
  model: text().null(),
  street_address: text().null(),
  city: text().null(),
  postal_code: text().null(),
  lat: double().null(),
  lon: double().null(),
  notes: text().null(),
  update_user: text().default(),
})

export const organization = table('public.organization', {
  organization_id: int().key(),
  name: text(),
})

export const reportEquipment = table('public.report_equipment', {
  id: int().key().default(),
  compliance_report_id: int().references('public.compliance_report.compliance_report_id'),
  equipment_id: int().references('public.charging_equipment.equipment_id'),
  supply_from: date(),
  supply_to: date(),
  kwh_usage: numeric(20, 2),
})
