// How a phase is told to those who review and ship it, where nobody has written a template of their own. The first line is the title.

export const usualTemplate = `Stage {{n}}/{{of}}: {{title}} ({{phase}})

## What this is

{{goal}}.

Phase {{n}} of {{of}}, risk **{{risk}}**. {{dependencies}}

## What changes

{{changes}}

| migration | class | kind | risk | way back | certainty |
|---|---|---|---|---|---|
{{verdicts}}

## Why it is a risk

{{reasons}}

## Testing

{{testing}}

Smoke test: {{smoke}}.

## Backup and rollback

{{backup}}

{{rollback}}

## Done when

{{success}}.

Watch: {{monitoring}}.

## Who is told

Audience: {{audience}}.

> {{announcement}}

{{databases}}
## What comes next

{{next}}
`
