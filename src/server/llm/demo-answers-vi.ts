import type { DemoTexts } from "./demo-answers.ts";

/**
 * What the demo models say in Vietnamese. Model output, not the product's own texts, hence not in
 * the catalogues.
 */
export const vietnameseTexts: DemoTexts = {
  label: "*Câu trả lời mẫu của mô hình demo, không có AI phía sau.*",
  nothingToContinue:
    "Câu trả lời trước đã trọn vẹn, không còn phần nào để viết tiếp. Bạn cứ hỏi câu khác, hoặc chọn mô hình demo " +
    "lớn hơn để có câu trả lời dài hơn.",
  answers: {
    sky: {
      brief: `Bầu trời có màu xanh vì không khí **tán xạ ánh sáng xanh mạnh hơn ánh sáng đỏ**.

Ánh sáng mặt trời trông trắng nhưng gồm đủ các màu. Khi đi qua khí quyển, nó va vào các phân tử khí nhỏ hơn bước sóng
ánh sáng rất nhiều. Bước sóng càng ngắn thì bị hất sang các hướng càng mạnh, nên ánh sáng xanh tới mắt ta từ khắp
bầu trời, còn ánh sáng đỏ gần như đi thẳng.`,
      detail: `Hiện tượng này gọi là **tán xạ Rayleigh**. Cường độ tán xạ tỉ lệ nghịch với luỹ thừa bậc bốn của
bước sóng:

$$I \\propto \\frac{1}{\\lambda^4}$$

Ánh sáng xanh (khoảng 450 nm) vì thế bị tán xạ mạnh hơn ánh sáng đỏ (khoảng 700 nm) chừng sáu lần.`,
      depth: `Hai câu hỏi thường đi kèm:

1. **Sao không phải màu tím?** Tím có bước sóng ngắn hơn nữa, nhưng mặt trời phát ít tím hơn, tầng khí quyển cao hấp
thụ bớt, và mắt người nhạy với xanh hơn tím.
2. **Sao hoàng hôn lại đỏ?** Khi mặt trời sát chân trời, ánh sáng đi qua lớp không khí dày hơn nhiều; phần xanh đã bị
tán xạ hết dọc đường, chỉ còn đỏ và cam tới mắt ta.

Mây có màu trắng vì giọt nước lớn hơn bước sóng, nên tán xạ mọi màu gần như nhau.`,
    },
    code: {
      brief: `Đây là hàm \`debounce\` bằng TypeScript: chỉ gọi hàm gốc khi đã yên lặng đủ lâu.

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
      detail: `Cách dùng, ví dụ với ô tìm kiếm:

\`\`\`ts
const search = debounce((query: string) => void fetchResults(query), 300);
input.addEventListener("input", () => search(input.value));
\`\`\`

Mỗi lần gõ phím, bộ đếm giờ bắt đầu lại; sau 300 ms không gõ nữa thì mới gửi một yêu cầu.`,
      depth: `Vài điều nên biết khi dùng thật:

- **Huỷ khi rời trang**: trả thêm hàm \`cancel()\` gọi \`clearTimeout\`, và gọi nó khi thành phần bị gỡ.
- **Kết quả về trễ**: debounce không ngăn hai yêu cầu về sai thứ tự; hãy huỷ yêu cầu cũ bằng \`AbortController\`.
- **Debounce hay throttle?** Debounce đợi yên lặng (tìm kiếm, lưu nháp); throttle chạy đều đặn (cuộn trang, kéo thả).`,
    },
    maths: {
      brief: `Phương trình bậc hai $ax^2 + bx + c = 0$ với $a \\ne 0$ có nghiệm:

$$x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}$$

Biệt thức $\\Delta = b^2 - 4ac$ cho biết số nghiệm: $\\Delta > 0$ có hai nghiệm phân biệt, $\\Delta = 0$ có nghiệm
kép, $\\Delta < 0$ không có nghiệm thực.`,
      detail: `**Ví dụ.** Giải $2x^2 - 5x + 2 = 0$:

$$\\Delta = (-5)^2 - 4 \\cdot 2 \\cdot 2 = 9, \\qquad x = \\frac{5 \\pm 3}{4}$$

Vậy $x_1 = 2$ và $x_2 = \\tfrac{1}{2}$.`,
      depth: `**Vì sao công thức đúng?** Chia cho $a$ rồi thêm bớt để thành bình phương:

$$\\left(x + \\frac{b}{2a}\\right)^2 = \\frac{b^2 - 4ac}{4a^2}$$

Lấy căn hai vế và chuyển vế là ra công thức nghiệm. Kiểm tra nhanh bằng định lý Viète:
$x_1 + x_2 = -\\frac{b}{a}$ và $x_1 x_2 = \\frac{c}{a}$; ở ví dụ trên tổng là $\\tfrac{5}{2}$ và tích là $1$.`,
    },
    cooking: {
      brief: `**Phở bò cho 4 người**

1. **Xương**: chần 1,5 kg xương bò trong nước sôi 5 phút, rửa sạch.
2. **Gia vị**: nướng 1 củ gừng và 2 củ hành tím; rang thơm 3 hoa hồi, 1 thanh quế, 4 đinh hương, 1 quả thảo quả.
3. **Nước dùng**: ninh xương với 4 lít nước, lửa nhỏ 5–6 giờ, hớt bọt; thả túi gia vị trong 2 giờ cuối, nêm nước mắm,
muối và chút đường phèn.
4. **Trình bày**: trụng bánh phở, xếp thịt bò thái mỏng, chan nước thật sôi, thêm hành lá và rau thơm.`,
      detail: `Mẹo để nước trong và thơm:

- Đừng đậy kín nồi và đừng để sôi mạnh, nước sẽ đục.
- Cho gia vị vào túi vải và vớt ra đúng lúc, để quá lâu nước dùng sẽ đắng.
- Thịt tái nên thái ngang thớ, để ngăn đá 20 phút cho dễ thái mỏng.`,
      depth: `**Biến tấu**

- **Nam Định**: nước dùng đậm nước mắm, bánh phở bản mỏng, thịt xào tái lăn.
- **Hà Nội**: nước trong, ít rau, ăn kèm quẩy và giấm tỏi.
- **Sài Gòn**: ngọt hơn, có giá, ngò gai, húng quế, tương đen và tương ớt.

Nấu dư thì lọc nước, để nguội, chia hộp rồi cấp đông; dùng ngon trong khoảng một tháng.`,
    },
    leave: {
      brief: `**Tiêu đề:** Xin nghỉ phép ngày 12–13/6

Kính gửi anh/chị [Tên],

Em xin phép nghỉ hai ngày, từ thứ Năm 12/6 đến hết thứ Sáu 13/6, để giải quyết việc gia đình. Trong thời gian này,
[Tên đồng nghiệp] sẽ hỗ trợ các việc gấp của em, và em sẽ hoàn thành [công việc] trước khi nghỉ.

Mong anh/chị xem xét và chấp thuận. Em cảm ơn anh/chị.

Trân trọng,

[Tên của bạn]`,
      detail: `Khi sửa lại cho mình, nhớ đủ bốn ý: **nghỉ ngày nào**, **lý do ngắn gọn**, **ai làm thay**, và **việc gì
xong trước khi nghỉ**. Lý do riêng tư chỉ cần ghi "việc cá nhân" là đủ lịch sự.`,
      depth: `**Bản ngắn để nhắn tin:** "Chào anh/chị, em xin nghỉ thứ Năm và thứ Sáu tuần này vì việc gia đình. Việc
gấp đã có [Tên] hỗ trợ, em vẫn xem tin nhắn buổi tối. Em cảm ơn anh/chị ạ."

**Bản xin nghỉ ốm:** "Sáng nay em bị sốt nên xin nghỉ hôm nay để đi khám. Em sẽ báo lại trước 17 giờ nếu cần nghỉ
thêm."`,
    },
    product: {
      brief: `**Phở Chat** là nơi trò chuyện với AI và trả tiền theo từng đồng. Mỗi câu hỏi được giao cho mô hình
*đáng giá nhất* với nó: câu dễ dùng mô hình rẻ, câu khó mới dùng mô hình đắt. Cạnh mỗi câu trả lời có tên mô hình,
giá bằng đồng và lý do chọn.`,
      detail: `Bạn làm được gì ở đây:

- xem **thanh ngân sách** luôn đúng đến từng đồng;
- để **Tự động** chọn mô hình, hoặc tự chọn;
- dừng giữa chừng và chỉ trả phần đã viết;
- xem lịch sử chi phí ở trang **Chi phí** và đặt giới hạn ở **Cài đặt**.`,
      depth: `Bên dưới, mỗi lượt gọi đi qua một "cửa đo" duy nhất: giữ chỗ số tiền tối đa có thể tốn, truyền câu trả
lời, rồi ghi đúng số token nhà cung cấp đã tính. Sổ ghi không bao giờ sửa, nên tổng các dòng luôn bằng số đã dùng
trên thanh ngân sách.`,
    },
    budget: {
      brief: `**Thanh ngân sách** có ba phần: phần **đã dùng**, phần **đang giữ** và phần **còn lại**.

Khi bạn gửi câu hỏi, hệ thống *giữ* trước số tiền tối đa mà câu trả lời có thể tốn. Trả lời xong, chỉ số tiền thật
được ghi vào phần đã dùng, phần giữ thừa trở về ngay.`,
      detail: `Nhờ giữ trước, nhiều câu hỏi gửi cùng lúc cũng không thể tiêu quá ngân sách. Câu trả lời dừng giữa chừng
chỉ tính phần đã viết. Thanh đổi trạng thái ở mức 75, 90 và 95 %.`,
      depth: `Khi số còn lại không đủ cho câu hỏi, bạn nhận lời từ chối ghi rõ còn bao nhiêu đồng và ngày đặt lại.
Gói miễn phí đặt lại vào đầu mỗi tháng theo giờ Việt Nam. Trong **Cài đặt** bạn có thể đặt thêm trần cho mỗi ngày và
mỗi câu hỏi; các trần này chỉ hạ thấp, không bao giờ nâng giới hạn của gói.`,
    },
    engine: {
      brief: `Ở chế độ **Tự động**, bộ máy chấm độ khó của câu hỏi, ước tính chất lượng và chi phí của từng mô hình, rồi
chọn mô hình có *chất lượng trừ giá tiền* cao nhất mà ngân sách còn chịu được.`,
      detail: `Ba điều được cân nhắc:

1. **Độ khó**: độ dài, thuật ngữ, mã lệnh, toán, số câu hỏi;
2. **Giá**: số token thật của câu hỏi và độ dài dự kiến của câu trả lời;
3. **Nhịp chi**: nếu đang tiêu nhanh hơn thời gian trôi, mỗi đồng trở nên "quý" hơn và mô hình rẻ được ưu tiên.`,
      depth: `Lý do chọn hiện trong ô bật ra cạnh câu trả lời. Muốn tự quyết, hãy chọn mô hình trong danh sách dưới ô
nhập, hoặc tắt tối ưu chi phí trong **Cài đặt**; câu trả lời vẫn được đo và giới hạn như thường.`,
    },
    receipt: {
      brief: `**Biên nhận** nằm ngay dưới mỗi câu trả lời: mô hình đã phục vụ, số tiền bằng đồng, và khi bấm vào là số
token cùng lý do chọn mô hình.`,
      detail: `Giá được tính từ số token nhà cung cấp báo: đầu vào mới, đầu vào lấy từ bộ nhớ đệm và đầu ra (gồm cả
phần suy nghĩ), nhân với bảng giá và tỉ giá lúc bạn gửi câu hỏi, làm tròn lên một lần. Nếu nhà cung cấp không báo, số
token được ước tính và ghi rõ là *ước tính*.`,
      depth: `Mỗi dòng giữ mã phiên bản giá và tỉ giá của nó, nên lúc nào cũng tính lại được. Toàn bộ lịch sử ở trang
**Chi phí**; tổng các dòng bằng đúng phần đã dùng trên thanh ngân sách.`,
    },
    plans: {
      brief: `| Gói | Giá mỗi tháng | Ngân sách |
| --- | --- | --- |
| Miễn phí | 0 ₫ | 5.000 ₫, 20 tin nhắn mỗi ngày, mô hình tiết kiệm |
| Starter | 29.000 ₫ | 29.000 ₫ |
| Premium | 99.000 ₫ | 99.000 ₫ |
| Ultimate | 289.000 ₫ | 289.000 ₫ |

Trả theo năm thì bằng 10 lần giá tháng.`,
      detail: `Gói miễn phí tính theo tháng dương lịch; gói trả tiền tính chu kỳ tháng từ lúc thanh toán. Gói càng cao
càng dùng được mô hình mạnh và câu trả lời dài.`,
      depth: `Chọn thế nào? Hỏi đáp hằng ngày bằng mô hình tiết kiệm thường chỉ vài đồng một câu, gói miễn phí là đủ để
thử. Viết lách, lập trình đều đặn thì Starter hoặc Premium; phân tích dài bằng mô hình cao cấp thì Ultimate.`,
    },
    connect: {
      brief: `Để dùng mô hình thật, thêm ít nhất một khoá vào tệp \`.env\` rồi chạy lại \`npm run up\`:

\`\`\`bash
OPENAI_API_KEY=...
ANTHROPIC_API_KEY=...
GEMINI_API_KEY=...
\`\`\`

Khi đã có khoá, các mô hình demo tự ẩn đi.`,
      detail: `Máy chủ tương thích OpenAI (DeepSeek, Groq, OpenRouter, Ollama, vLLM…) khai trong một dòng:

\`\`\`bash
OPENAI_COMPATIBLE_PROVIDERS=[{"name":"ollama","baseUrl":"http://127.0.0.1:11434/v1","apiKey":"ollama"}]
\`\`\``,
      depth: `Mô hình chưa có giá thì **không gọi được**, để không bao giờ tiêu tiền mà không biết bao nhiêu. Đặt giá bằng
\`npm run admin -- set-price\`. Mọi thiết lập khác có trong \`.env.example\` kèm ý nghĩa và giá trị mặc định.`,
    },
    topUp: {
      brief: `Bản này **chưa có thanh toán trực tuyến**. Khi cần thêm ngân sách, hãy nhờ quản trị viên của bạn, hoặc đợi
đến ngày đặt lại ghi trên thanh ngân sách.`,
      detail: `Quản trị viên nâng ngân sách bằng một lệnh, có ghi vào sổ kiểm toán:

\`\`\`bash
npm run admin -- set-budget --email ban@vidu.vn --vnd 50000
\`\`\``,
      depth: `Thanh toán bằng chuyển khoản ngân hàng qua mã VietQR sẽ đến ở bản sau. Trong lúc chờ, cách tiết kiệm nhất là
để **Tự động** chọn mô hình và đặt trần cho mỗi câu hỏi trong **Cài đặt**.`,
    },
    privacy: {
      brief: `Cuộc trò chuyện được lưu trong cơ sở dữ liệu của máy chủ này. Câu hỏi chỉ được gửi tới **nhà cung cấp của mô
hình trả lời**; mô hình demo chạy ngay trong máy chủ và không gửi đi đâu cả.`,
      detail: `Trang của nhân viên không hiện nội dung tin nhắn. Bạn xoá được từng cuộc trò chuyện; dòng chi phí vẫn còn
nhưng chỉ có số token và số tiền, không có chữ nào của bạn.`,
      depth: `Khoá của nhà cung cấp chỉ nằm ở máy chủ, không tới trình duyệt và không vào nhật ký. Câu trả lời được coi là
dữ liệu không tin cậy: không chạy HTML, không tải ảnh từ nơi lạ, liên kết được lọc.`,
    },
    hello: {
      brief: `Chào bạn! Tôi là mô hình demo của **Phở Chat**: trả lời được vài câu hỏi soạn sẵn để bạn thấy sản phẩm chạy
thật, từ lúc gửi đến lúc ghi từng đồng.`,
      detail: `Bạn thử một trong những câu này nhé:

- Giải thích vì sao bầu trời có màu xanh
- Viết hàm debounce bằng TypeScript
- Công thức nghiệm phương trình bậc hai
- Thanh ngân sách hoạt động thế nào?`,
      depth: `Muốn trò chuyện với mô hình thật, hỏi tôi "kết nối khoá API thế nào" để biết cách.`,
    },
    thanks: {
      brief: `Không có chi! Bạn cứ hỏi tiếp, thanh ngân sách phía trên cho biết còn bao nhiêu đồng.`,
      detail: `Nếu muốn biết câu vừa rồi tốn bao nhiêu, hãy bấm vào số tiền dưới câu trả lời.`,
      depth: `Và khi đã sẵn sàng dùng mô hình thật, hỏi tôi cách kết nối khoá API.`,
    },
    unknown: {
      brief: `Tôi chỉ là **mô hình demo** với vài câu trả lời soạn sẵn, nên không trả lời được câu này. Để có câu trả lời
thật, thêm \`OPENAI_API_KEY\`, \`ANTHROPIC_API_KEY\` hoặc \`GEMINI_API_KEY\` vào tệp \`.env\` rồi chạy lại \`npm run up\`.

Bốn câu tôi trả lời được:

- Giải thích vì sao bầu trời có màu xanh
- Viết hàm debounce bằng TypeScript
- Cách nấu phở bò
- Thanh ngân sách hoạt động thế nào?`,
      detail: `Tôi cũng biết về các gói, cách bộ máy chọn mô hình, biên nhận, quyền riêng tư, và soạn được thư xin nghỉ
phép.`,
      depth: `Dù là demo, câu này vẫn được đo như thật: token được đếm, tiền được giữ rồi ghi sổ, và thanh ngân sách nhích
đúng bằng số tiền ghi bên dưới.`,
    },
  },
};
