-- The application's own tally, since its release with two models: when each of its questions was last asked of which.
create table model_reads(endpoint text not null, model text not null, askedAt integer not null, primary key(endpoint, model));
