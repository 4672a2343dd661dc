// Functions of the server, and of extensions that are common, that give the same for all rows of a statement. Whoever makes a function and says nothing
// of it makes a volatile one: so whatever is not here is taken for one.

export const steady: ReadonlySet<string> = new Set(
  `abs acos acosd acosh age area array_append array_cat array_dims array_fill array_lower array_ndims array_position array_positions
  array_prepend array_remove array_replace array_reverse array_sort array_to_json array_to_string array_to_tsvector ascii asin asind
  asinh atan atan2 atan2d atand atanh bit_count bool box broadcast btrim cardinality casefold cbrt ceil ceiling center char_length
  character_length chr circle citext concat concat_ws convert convert_from convert_to cos cosd cosh cot cotd crc32 crc32c crypt
  current_database current_schema current_schemas current_setting current_user date date_add date_bin date_part date_subtract date_trunc
  daterange decode degrees diameter digest div encode enum_first enum_last enum_range erf erfc exp extract factorial float4 float8 floor
  format gamma gcd get_bit get_byte get_current_ts_config height hmac hstore inet_client_addr inet_client_port inet_server_addr
  inet_server_port initcap int2 int4 int4multirange int4range int8 int8multirange int8range interval is_normalized isempty isfinite
  json_array_length json_build_array json_build_object json_object json_populate_record json_scalar json_strip_nulls json_to_record
  json_to_tsvector json_typeof jsonb_array_length jsonb_build_array jsonb_build_object jsonb_concat jsonb_insert jsonb_object
  jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query_array jsonb_path_query_array_tz
  jsonb_path_query_first jsonb_path_query_first_tz jsonb_populate_record jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls
  jsonb_to_record jsonb_to_tsvector jsonb_typeof justify_days justify_hours justify_interval lcm left length lgamma line ln log log10
  lower lower_inc lower_inf lpad lseg ltrim macaddr8_set7bit make_date make_interval make_time make_timestamp make_timestamptz masklen
  md5 min_scale mod multirange name netmask network normalize now npoints num_nonnulls num_nulls numeric nummultirange numrange
  octet_length overlaps overlay parse_ident pg_current_snapshot pg_current_xact_id pg_current_xact_id_if_assigned pg_lsn pg_size_bytes
  pg_size_pretty pg_typeof phraseto_tsquery pi plainto_tsquery point polygon position pow power quote_ident quote_literal quote_nullable
  radians radius range_merge regexp_count regexp_instr regexp_match regexp_replace regexp_split_to_array regexp_substr repeat replace
  reverse right round row_to_json rpad rtrim scale session_user set_bit set_byte set_masklen setweight sha224 sha256 sha384 sha512 sign
  similarity sin sind sinh split_part sqrt statement_timestamp string_to_array strip strpos substr substring tan tand tanh text textcat
  time timestamp timestamptz timetz timezone to_ascii to_bin to_char to_date to_hex to_json to_jsonb to_number to_oct to_regclass
  to_regcollation to_regnamespace to_regoper to_regoperator to_regproc to_regprocedure to_regtype to_timestamp to_tsquery to_tsvector
  transaction_timestamp translate trim_array trim_scale trunc ts_headline ts_rank ts_rank_cd tsmultirange tsquery_phrase tsrange
  tstzmultirange tstzrange tsvector_to_array txid_current txid_current_if_assigned txid_current_snapshot unaccent unicode_assigned
  unistr upper upper_inc upper_inf uuid_extract_timestamp uuid_extract_version uuid_generate_v3 uuid_generate_v5 uuid_nil uuid_ns_dns
  uuid_ns_oid uuid_ns_url uuid_ns_x500 varchar version websearch_to_tsquery width width_bucket xid xml_is_well_formed
  xml_is_well_formed_content xml_is_well_formed_document xmlcomment xmlexists xpath xpath_exists`.split(/\s+/),
)
