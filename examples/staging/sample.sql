-- Rows as they stand before the first phase: what is NULL, what stands twice, letters of all kinds.
INSERT INTO organization (name) VALUES ('Northern Fuels'), ('Énergie du Lac 🛶'), ('Northern Fuels');
INSERT INTO user_profile (organization_id, role) VALUES (1, 'ADMIN'), (2, 'READER'), (NULL, 'SIGNER');
INSERT INTO fuel_code (prefix, number) VALUES ('CA-', 1), ('CA-', 2), ('BC-', 1), ('CA', 3);
INSERT INTO fuel_type (name) VALUES ('Diesel'), ('Gasoline');
INSERT INTO compliance_report (organization_id, period) VALUES (1, 2023), (1, 2024), (2, 2024);
INSERT INTO report_summary (report_id, credits_offset_a, credits_offset_b) VALUES (1, 0, NULL), (2, -2147483648, 2147483647), (3, NULL, NULL);
INSERT INTO report_import (report_id, organization_name, address) VALUES (1, 'Northern Fuels Ltd.', '1 Pipe St'), (3, 'Énergie du Lac', NULL), (9, 'Nobody''s', '');
