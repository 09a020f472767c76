-- Rows of the first catalogue that still hold their first straight line move to the policy's named curves, and so do
-- models added by hand, whose line was the middling one of their tier. A line that ops had changed stays.
update models m set quality_curve = v.named::jsonb
  from (values
  ('openai/gpt-5-nano', '{"easy": 0.84, "hard": 0.4}', '{"curve": "small", "offset": 0}'),
  ('openai/gpt-5-mini', '{"easy": 0.89, "hard": 0.58}', '{"curve": "economy", "offset": 0.01}'),
  ('openai/gpt-5.4-mini', '{"easy": 0.9, "hard": 0.66}', '{"curve": "standard", "offset": 0}'),
  ('openai/gpt-5.4', '{"easy": 0.94, "hard": 0.83}', '{"curve": "premium", "offset": 0}'),
  ('anthropic/claude-haiku-4-5', '{"easy": 0.9, "hard": 0.62}', '{"curve": "standard", "offset": -0.01}'),
  ('anthropic/claude-sonnet-5', '{"easy": 0.94, "hard": 0.82}', '{"curve": "premium", "offset": 0}'),
  ('anthropic/claude-opus-5', '{"easy": 0.95, "hard": 0.88}', '{"curve": "premium", "offset": 0.02}'),
  ('gemini/gemini-2.5-flash', '{"easy": 0.88, "hard": 0.55}', '{"curve": "economy", "offset": 0}'),
  ('gemini/gemini-3.5-flash', '{"easy": 0.91, "hard": 0.7}', '{"curve": "standard", "offset": 0.01}'),
  ('gemini/gemini-3.1-pro-preview', '{"easy": 0.94, "hard": 0.83}', '{"curve": "premium", "offset": 0}'),
  ('demo/pho-nho', '{"easy": 0.86, "hard": 0.4}', '{"curve": "small", "offset": 0}'),
  ('demo/pho-vua', '{"easy": 0.9, "hard": 0.64}', '{"curve": "standard", "offset": 0}'),
  ('demo/pho-dac-biet', '{"easy": 0.93, "hard": 0.84}', '{"curve": "premium", "offset": 0}')
  ) as v (id, line, named)
 where m.id = v.id and m.quality_curve = v.line::jsonb;
--> statement-breakpoint
update models m set quality_curve = jsonb_build_object('curve', v.tier, 'offset', 0)
  from (values
  ('economy', '{"easy": 0.8, "hard": 0.4}'),
  ('standard', '{"easy": 0.87, "hard": 0.6}'),
  ('premium', '{"easy": 0.92, "hard": 0.75}')
  ) as v (tier, line)
 where m.tier = v.tier and m.quality_curve = v.line::jsonb;
