import type { DemoTexts } from "./demo-answers.ts";

/**
 * What the demo models say in English. Model output, not the product's own texts, hence not in the
 * catalogues.
 */
export const englishTexts: DemoTexts = {
  label: "*Sample answer from a demo model; there is no AI behind it.*",
  nothingToContinue:
    "The last answer was complete, so there is nothing left to continue. Ask something else, or pick a larger demo " +
    "model for longer answers.",
  answers: {
    sky: {
      brief: `The sky is blue because air **scatters blue light more strongly than red light**.

Sunlight looks white but holds every colour. On its way through the atmosphere it meets gas molecules far smaller than
its wavelength. The shorter the wavelength, the more of it is thrown off in all directions, so blue reaches our eyes
from the whole sky while red goes almost straight on.`,
      detail: `This is **Rayleigh scattering**. Its strength falls with the fourth power of the wavelength:

$$I \\propto \\frac{1}{\\lambda^4}$$

Blue light (about 450 nm) is therefore scattered some six times more than red light (about 700 nm).`,
      depth: `Two questions that usually follow:

1. **Why not violet?** Violet is shorter still, but the sun gives off less of it, the upper atmosphere absorbs a part,
and our eyes respond more to blue.
2. **Why are sunsets red?** With the sun near the horizon its light crosses far more air; the blue has been scattered
away along the path and only red and orange are left.

Clouds are white because their droplets are larger than the wavelengths and scatter all colours alike.`,
    },
    code: {
      brief: `Here is \`debounce\` in TypeScript: it calls the function only after enough silence.

\`\`\`ts
export function debounce<Args extends readonly unknown[]>(
  run: (...args: Args) => void,
  waitMs: number,
): (...args: Args) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...args), waitMs);
  };
}
\`\`\``,
      detail: `In use, for a search box:

\`\`\`ts
const search = debounce((query: string) => void fetchResults(query), 300);
input.addEventListener("input", () => search(input.value));
\`\`\`

Each key press restarts the clock; one request goes out after 300 ms without typing.`,
      depth: `Worth knowing in real use:

- **Cancel on leave**: also return a \`cancel()\` that calls \`clearTimeout\`, and call it when the component unmounts.
- **Late results**: debouncing does not stop two responses from arriving out of order; abort the old request with an
\`AbortController\`.
- **Debounce or throttle?** Debounce waits for silence (search, autosave); throttle runs at a steady rate (scrolling,
dragging).`,
    },
    maths: {
      brief: `The quadratic equation $ax^2 + bx + c = 0$ with $a \\ne 0$ has the solutions

$$x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}$$

The discriminant $\\Delta = b^2 - 4ac$ tells how many: $\\Delta > 0$ two real ones, $\\Delta = 0$ a double one,
$\\Delta < 0$ none that is real.`,
      detail: `**Example.** Solve $2x^2 - 5x + 2 = 0$:

$$\\Delta = (-5)^2 - 4 \\cdot 2 \\cdot 2 = 9, \\qquad x = \\frac{5 \\pm 3}{4}$$

So $x_1 = 2$ and $x_2 = \\tfrac{1}{2}$.`,
      depth: `**Why it holds.** Divide by $a$ and complete the square:

$$\\left(x + \\frac{b}{2a}\\right)^2 = \\frac{b^2 - 4ac}{4a^2}$$

Take the root of both sides and rearrange. A quick check is Vieta: $x_1 + x_2 = -\\frac{b}{a}$ and
$x_1 x_2 = \\frac{c}{a}$; in the example the sum is $\\tfrac{5}{2}$ and the product $1$.`,
    },
    cooking: {
      brief: `**Phở bò for four**

1. **Bones**: blanch 1.5 kg of beef bones for 5 minutes in boiling water, then rinse.
2. **Spices**: char a piece of ginger and 2 onions; toast 3 star anise, 1 cinnamon stick, 4 cloves and 1 black
cardamom.
3. **Broth**: simmer the bones in 4 litres of water for 5–6 hours and skim; add the spices in a bag for the last 2
hours; season with fish sauce, salt and a little rock sugar.
4. **Serve**: dip the rice noodles, lay thin slices of beef on top, pour on boiling broth, add spring onion and herbs.`,
      detail: `For a clear and fragrant broth:

- Leave the lid ajar and never let it boil hard, or it turns cloudy.
- Take the spice bag out in time; too long makes the broth bitter.
- Slice raw beef across the grain; 20 minutes in the freezer make thin slices easy.`,
      depth: `**Regional styles**

- **Nam Định**: deep with fish sauce, thin noodles, quickly fried beef.
- **Hà Nội**: clear, few herbs, with fried dough sticks and garlic vinegar.
- **Sài Gòn**: sweeter, with bean sprouts, sawtooth coriander, Thai basil, hoisin and chilli sauce.

Left-over broth keeps about a month in the freezer once strained and cooled.`,
    },
    leave: {
      brief: `**Subject:** Leave request, 12–13 June

Dear [Name],

I would like to take two days of leave, Thursday 12 and Friday 13 June, for a family matter. [Colleague] will look after
anything urgent, and I will finish [task] before I go.

Please let me know whether this suits you. Thank you.

Kind regards,

[Your name]`,
      detail: `When you adapt it, keep four things: **which days**, **a short reason**, **who covers for you** and **what
will be done before you leave**. "A personal matter" is reason enough if it is private.`,
      depth: `**As a short message:** "Hi [Name], may I take Thursday and Friday off for a family matter? [Colleague] covers
anything urgent and I will check messages in the evening. Thank you!"

**For a sick day:** "I woke up with a fever and need today off to see a doctor. I will tell you before 5 pm if I need
longer."`,
    },
    product: {
      brief: `**Phở Chat** is a place to talk with AI and pay by the đồng. Each question goes to the model that is *worth
its price* for it: easy ones to a cheap model, hard ones to a dear one. Beside every answer stand the model, its cost in
VND and the reason for the choice.`,
      detail: `What you can do here:

- watch a **budget bar** that is right to the đồng;
- let **Auto** choose the model, or pick one yourself;
- stop an answer midway and pay only for what was written;
- see all spending on the **Usage** page and set limits in **Settings**.`,
      depth: `Underneath, every call goes through one metered door: the most it may cost is held, the answer streams, then
exactly the tokens the provider counted are booked. The log is never changed, so its rows always add up to what the
budget bar shows as used.`,
    },
    budget: {
      brief: `The **budget bar** has three parts: **used**, **held** and **left**.

When you send a question, the most its answer may cost is *held* first. When the answer is done, only the true cost
moves to used, and what was held too much comes back at once.`,
      detail: `Because of the hold, even many questions at the same time cannot spend more than the budget. An answer
stopped midway costs only what was written. The bar changes its state at 75, 90 and 95 %.`,
      depth: `When too little is left for a question, you get a refusal that says how many đồng remain and when the budget
resets. The free plan resets at the start of each month, Vietnam time. In **Settings** you can add a cap per day and per
question; caps only lower what the plan allows.`,
    },
    engine: {
      brief: `On **Auto**, the engine scores how hard your question is, estimates the quality and the cost of each model,
and takes the one with the highest *quality minus price* that the budget can still carry.`,
      detail: `Three things are weighed:

1. **Difficulty**: length, technical terms, code, maths, number of questions;
2. **Price**: the real token count of the question and the expected length of the answer;
3. **Pace**: when money goes faster than time, each đồng counts for more and cheaper models win.`,
      depth: `The reason is shown in the popover beside the answer. To decide yourself, pick a model below the input, or
switch cost optimization off in **Settings**; answers are metered and capped all the same.`,
    },
    receipt: {
      brief: `The **receipt** stands under every answer: the model that served, its cost in VND and, on a click, the tokens
and the reason for the choice.`,
      detail: `The cost comes from the tokens the provider reports: fresh input, cached input and output (thinking
included), times the prices and the exchange rate at the moment you asked, rounded up once. Where the provider reports
nothing, tokens are estimated and marked as *estimated*.`,
      depth: `Each row keeps the versions of price and rate it was priced with, so it can be recomputed at any time. The whole
history is on the **Usage** page; its rows add up to the used part of the bar.`,
    },
    plans: {
      brief: `| Plan | Price a month | Budget |
| --- | --- | --- |
| Free | 0 ₫ | 5.000 ₫, 20 messages a day, economy models |
| Starter | 29.000 ₫ | 29.000 ₫ |
| Premium | 99.000 ₫ | 99.000 ₫ |
| Ultimate | 289.000 ₫ | 289.000 ₫ |

A year costs ten monthly prices.`,
      detail: `The free plan runs by calendar month; a paid plan runs in monthly cycles from the moment of payment. Higher
plans allow stronger models and longer answers.`,
      depth: `Which one? Everyday questions on an economy model cost a few đồng each, so the free plan is enough to try.
Steady writing or programming suits Starter or Premium; long analyses on premium models suit Ultimate.`,
    },
    connect: {
      brief: `To use real models, put at least one key into \`.env\` and run \`npm run up\` again:

\`\`\`bash
OPENAI_API_KEY=...
ANTHROPIC_API_KEY=...
GEMINI_API_KEY=...
\`\`\`

Once there is a key, the demo models step aside.`,
      detail: `OpenAI-compatible servers (DeepSeek, Groq, OpenRouter, Ollama, vLLM…) go on one line:

\`\`\`bash
OPENAI_COMPATIBLE_PROVIDERS=[{"name":"ollama","baseUrl":"http://127.0.0.1:11434/v1","apiKey":"ollama"}]
\`\`\``,
      depth: `A model without a price **cannot be called**, so that no money is ever spent unseen. Set one with
\`npm run admin -- set-price\`. Every other setting is in \`.env.example\` with its meaning and default.`,
    },
    topUp: {
      brief: `This version has **no online payment yet**. If you need more budget, ask your administrator, or wait for the
reset date shown on the budget bar.`,
      detail: `An administrator raises a budget with one command, which is written to the audit log:

\`\`\`bash
npm run admin -- set-budget --email you@example.com --vnd 50000
\`\`\``,
      depth: `Payment by bank transfer with VietQR comes in a later version. Until then the thriftiest way is to let **Auto**
choose the model and to set a cap per question in **Settings**.`,
    },
    privacy: {
      brief: `Conversations are kept in this server's database. A question is sent only to **the provider of the model that
answers**; demo models run inside the server and send nothing anywhere.`,
      detail: `Staff pages show no message contents. You can delete any conversation; its cost rows stay, but they hold
only token counts and amounts, none of your words.`,
      depth: `Provider keys stay on the server: they reach neither the browser nor the logs. Answers are treated as untrusted:
no HTML is run, no images are loaded from foreign hosts, links are filtered.`,
    },
    hello: {
      brief: `Hello! I am a demo model of **Phở Chat**: I answer a few prepared questions, so that you can see the product
at work, from sending to the last đồng booked.`,
      detail: `Try one of these:

- Explain why the sky is blue
- Write a debounce function in TypeScript
- Show me the quadratic formula
- How does the budget bar work?`,
      depth: `To talk with a real model, ask me how to connect an API key.`,
    },
    thanks: {
      brief: `You are welcome! Ask on; the budget bar above shows how many đồng are left.`,
      detail: `To see what the last answer cost, click the amount below it.`,
      depth: `And when you are ready for real models, ask me how to connect an API key.`,
    },
    unknown: {
      brief: `I am only a **demo model** with a few prepared answers, so I cannot answer this one. For real answers, put
\`OPENAI_API_KEY\`, \`ANTHROPIC_API_KEY\` or \`GEMINI_API_KEY\` into \`.env\` and run \`npm run up\` again.

Four things I can answer:

- Explain why the sky is blue
- Write a debounce function in TypeScript
- How do I cook phở bò?
- How does the budget bar work?`,
      detail: `I also know about the plans, how the engine picks models, receipts and privacy, and I can write a leave
request.`,
      depth: `Demo or not, this answer was metered like any other: its tokens were counted, money was held and booked, and
the budget bar moved by exactly the amount below.`,
    },
  },
};
