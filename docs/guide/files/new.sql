create table member (
  id bigint primary key,
  name text not null,
  joined date not null,
  fee numeric(8, 2),
  town text not null
);
