-- What the application does that is in use before the first phase: asked after each of them, and taken back.
SELECT o.name, r.period, s.credits_offset_a, s.credits_offset_b
  FROM organization o JOIN compliance_report r USING (organization_id) JOIN report_summary s USING (report_id);
SELECT prefix || number FROM fuel_code;
SELECT name FROM fuel_type ORDER BY name;
INSERT INTO organization (name) VALUES ('A new one');
INSERT INTO user_profile (organization_id, role) SELECT organization_id, 'READER' FROM organization LIMIT 1;
