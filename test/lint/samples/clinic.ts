// The schema that whole files are judged by, and how they are run.

export const clinic = `CREATE TABLE patients (id bigserial PRIMARY KEY, name varchar(120) NOT NULL, mail varchar(200), born date, ward_id bigint, status varchar(20) NOT NULL DEFAULT 'in', weight numeric(5,2), created_at timestamp NOT NULL DEFAULT now(), notes text);
CREATE TABLE wards (id bigserial PRIMARY KEY, title text NOT NULL, floor smallint);
CREATE TABLE visits (id bigserial PRIMARY KEY, patient_id bigint NOT NULL REFERENCES patients (id), at timestamptz NOT NULL, kind int, bill numeric(9,2));
CREATE INDEX visits_patient ON visits (patient_id);`
export const tx = { schema: clinic, tx: true }
export const no = { schema: clinic, tx: false }
export const blank = { tx: true }
