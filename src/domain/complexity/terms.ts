/** What a term speaks for: a category of work, or the depth the work asks for. */
export type Signal =
  | "question"
  | "writing"
  | "translation"
  | "code"
  | "maths"
  | "analysis"
  | "chat"
  | "depth"
  | "continuation"
  | "notImage";

export type TermList = { readonly signal: Signal; readonly terms: string };

/**
 * Term lists, "|"-separated, lower case, Vietnamese with its diacritics (texts typed without them
 * are matched against the stripped forms). At most four words per term. Hand-picked: the baseline a
 * trained scorer has to beat.
 */
export const strongTerms: readonly TermList[] = [
  {
    signal: "question",
    terms: `là gì|nghĩa là gì|tại sao|vì sao|như thế nào|thế nào là|làm sao|làm thế nào|bao nhiêu|ở đâu|khi nào|bao giờ|
    có phải|giải thích|cho hỏi|cho mình hỏi|cho tôi hỏi|hướng dẫn|what is|what are|what does|why|how do|how to|how does|
    how many|how much|when did|when was|where is|who is|who was|which|explain|what's|tell me about`,
  },
  {
    signal: "writing",
    terms: `viết bài|viết một bài|viết email|viết thư|viết đoạn|viết một đoạn|viết lại|viết truyện|viết kịch bản|viết caption|
    viết thơ|viết một bức thư|viết lời|soạn thảo|soạn email|soạn một|soạn thư|bài thơ|truyện ngắn|bài luận|tiểu luận|
    bài văn|lời chúc|bài quảng cáo|bài đăng|bài phát biểu|đặt tên|cover letter|write a story|write a poem|write an essay|
    write an email|write a letter|write a blog|write me a|blog post|short story|poem|essay|rewrite|rephrase|draft an|
    draft a|proofread|caption|slogan|speech|press release|thư xin việc|write a short|write a speech`,
  },
  {
    signal: "translation",
    terms: `dịch sang|dịch câu|dịch đoạn|dịch giúp|dịch cho|dịch ra|dịch từ|dịch bài|dịch văn bản|dịch hộ|sang tiếng anh|
    sang tiếng việt|sang tiếng nhật|sang tiếng trung|sang tiếng hàn|sang tiếng pháp|sang tiếng đức|ra tiếng anh|
    ra tiếng việt|biên dịch câu|phiên dịch|dịch thuật|translate|translation|into vietnamese|into english|to vietnamese|
    into japanese|into french|into chinese|into korean|in vietnamese`,
  },
  {
    signal: "code",
    terms: `python|javascript|typescript|java|golang|rust|c++|c#|php|kotlin|swift|sql|postgres|postgresql|mysql|mongodb|redis|
    html|css|react|nextjs|vue|angular|nodejs|docker|kubernetes|regex|regexp|json|yaml|bash|linux|git|github|api|graphql|
    lập trình|viết hàm|viết code|đoạn code|mã nguồn|thuật toán|cấu trúc dữ liệu|source code|stack trace|traceback|
    write a function|unit test|refactor|debug|compile|compiler|exception|segfault|npm|webpack|matplotlib|pandas|numpy|
    django|flask|laravel|spring boot|mermaid|uml|latex|svg|algorithm|data structure|recursion|đệ quy|con trỏ|biến toàn cục|
    class diagram|pull request|endpoint|backend|frontend|websocket|oauth|sửa lỗi code|binary search|hash table`,
  },
  {
    signal: "maths",
    terms: `đạo hàm|tích phân|phương trình|bất phương trình|hệ phương trình|ma trận|định thức|chứng minh rằng|xác suất|
    tổ hợp|hoán vị|số nguyên tố|hàm số|lượng giác|logarit|giới hạn của|căn bậc hai|cấp số|hình học|tam giác|đường tròn|
    bao nhiêu phần trăm|tính tổng|tính diện tích|tính thể tích|giải bài toán|bài toán|derivative|integral|equation|
    matrix|determinant|eigenvalue|prove that|probability|theorem|prime numbers|polynomial|logarithm|trigonometry|
    square root|calculus|algebra|geometry|solve for|standard deviation|độ lệch chuẩn|ước chung lớn nhất`,
  },
  {
    signal: "analysis",
    terms: `phân tích|so sánh|đánh giá|tóm tắt|ưu nhược điểm|ưu và nhược điểm|ưu điểm và nhược điểm|lập kế hoạch|kế hoạch|
    chiến lược|thiết kế hệ thống|nhận xét|mô hình kinh doanh|thị trường|rủi ro|báo cáo tài chính|analyse|analyze|compare|
    evaluate|assess|summarize|summarise|summary of|pros and cons|trade-offs|tradeoffs|strategy|business plan|swot|
    root cause|system design|market research|critique|implications`,
  },
  {
    signal: "chat",
    terms: `xin chào|chào bạn|chào buổi sáng|chào|cảm ơn|cám ơn|tạm biệt|chúc ngủ ngon|bạn khỏe không|bạn là ai|hello|hi|hey|
    thanks|thank you|bye|goodbye|good morning|good night|ok|oke|okay|how are you|who are you|alo|haha|hihi|tuyệt vời|
    kể chuyện cười|đang buồn|buồn quá|vui quá|chán quá|tâm sự|trò chuyện`,
  },
  {
    signal: "depth",
    terms: `chứng minh|tối ưu|tối ưu hóa|thiết kế|kiến trúc|phân tán|đồng thời|nhất quán|từng bước|chuyên sâu|chi tiết|
    toàn diện|độ phức tạp|ràng buộc|đa luồng|mở rộng quy mô|chịu lỗi|bảo mật|phản biện|lập luận|suy luận|hệ quả|
    mô hình hóa|định lượng|pháp lý|ưu nhược điểm|ưu và nhược điểm|so sánh|chiến lược|prove|proof|rigorous|optimize|
    optimise|architecture|distributed|concurrency|concurrent|consistency|step by step|in depth|in detail|comprehensive|
    complexity|constraints|multithreaded|scalable|fault tolerant|fault tolerance|race condition|deadlock|microservices|
    microservice|edge cases|trade-offs|tradeoffs|trade-off|invariant|consensus|eigenvalue|differential equation|
    phương trình vi phân|quy hoạch động|dynamic programming|machine learning|học máy|thống kê|hồi quy|regression|
    refactor|migration|throughput|idempotent|latency|transaction|sharding|event sourcing|quantum|lượng tử|cơ chế|
    học thuật|luận văn|nghiên cứu|hypothesis|causal|compare|evaluate|counterexample|phản ví dụ|thuật toán`,
  },
  {
    signal: "continuation",
    terms: `làm tiếp|làm tiếp đi|tiếp tục|tiếp đi|viết tiếp|nói tiếp|còn gì nữa|chi tiết hơn|rõ hơn|sửa lại|làm lại|
    thử lại|thêm nữa|thêm ví dụ|ví dụ khác|cách khác|continue|go on|keep going|carry on|more detail|more details|
    elaborate|try again|next step|and then|what else|another example|do it|finish it`,
  },
  {
    signal: "notImage",
    terms: `đồ thị|biểu đồ|sơ đồ|lược đồ|giản đồ|bản đồ|bản vẽ|mạch điện|nhị phân|thời gian biểu|bảng|là gì|nghĩa là|tại sao|
    vì sao|làm sao|làm thế nào|như thế nào|thế nào|cách vẽ|cách tạo|cách làm|cách thiết kế|hướng dẫn|chỉ cách|dạy|mô tả|
    miêu tả|phân tích|nhận xét|giải thích|ý tưởng|prompt|thông điệp|slogan|khẩu hiệu|vẽ ra|vẽ nên|thương hiệu|trong mắt|
    ảnh hưởng|công cụ|phần mềm|ứng dụng|website|trang web|cần những|hết bao nhiêu|bao nhiêu|giá|chi phí|bằng chữ|
    midjourney|dall-e|stable diffusion|photoshop|figma|canva|autocad|diagram|diagrams|chart|charts|graph|graphs|plot|
    flowchart|mind map|mindmap|wireframe|timeline|table|tree|map|circuit|histogram|ascii|how do|how to|how can|how would|
    what is|what does|why|explain|describe|analyze|analyse|ideas|tutorial|conclusion|conclusions|comparison|comparisons|
    distinction|parallel|parallels|inference|line|circle|rectangle|triangle|polygon|function|component|class|classifier|
    gallery|slider|upload|uploader|processing|recognition|dataset|file|url|tag|viewer|editor|container|app|website|
    button|tool|library|iso|script|program|economy|kinh tế|tổng thể|toàn cảnh|tương lai|phương trình|hàm số|tam giác|
    hình học|đường tròn|parabol|tổ chức|quy trình|use case|erd|database|cơ sở dữ liệu|bố cục|checklist|email|bài văn|gì|nào|để làm gì|ở đâu|bao lâu|
    tranh luận|tranh chấp|tranh cãi|tranh thủ|tranh giành|tranh tài|kịch bản|chiến lược|kế hoạch|ảnh thẻ|con đường|album|
    frame|document|strategy|plan|proof|card|cards|lesson|lessons|winner|raffle|sample|boundary|link|links|attention|blood|
    breath|salary|crowd|blank|number|numbers|inspiration|lots|straws`,
  },
];

/** Terms that hint but prove little; they count half. */
export const weakTerms: readonly TermList[] = [
  {
    signal: "question",
    terms: `cái nào|ai là|có nên|có thể|phải không|được không|what|how|when|where|who|can i|should i|is it|does`,
  },
  {
    signal: "writing",
    terms: `viết|soạn|bài viết|câu chuyện|kịch bản|lời bài hát|write|story|email|letter|draft|article|nội dung quảng cáo`,
  },
  {
    signal: "translation",
    terms: `dịch|tiếng nhật|tiếng trung|tiếng hàn|tiếng pháp|tiếng đức|english version|bản dịch`,
  },
  {
    signal: "code",
    terms: `code|hàm|lỗi|biến|server|database|cơ sở dữ liệu|function|class|method|bug|script|query|array|string|mảng|vòng lặp|
    loop|thread|async|deploy|app|framework|library|thư viện|component|index`,
  },
  {
    signal: "maths",
    terms: `tính|chia|nhân|cộng|trừ|bằng mấy|phần trăm|tổng của|công thức|calculate|compute|sum of|percent|formula|solve|
    average|trung bình|diện tích|thể tích|vector`,
  },
  {
    signal: "analysis",
    terms: `vì những lý do|nguyên nhân|tác động|khác nhau|khác biệt|nên chọn|plan|difference between|differences|impact|
    review|report|báo cáo|đề xuất|giải pháp|recommend|case study`,
  },
  {
    signal: "depth",
    terms: `hệ thống|cụ thể|yêu cầu|điều kiện|trường hợp|phương pháp|mô hình|dữ liệu|hiệu năng|system|requirements|method|
    model|data|performance|framework|scenario|evidence|argument|policy|derive|analyse|analyze|phân tích|thực nghiệm`,
  },
];

/**
 * Everyday English words; several of them inside Vietnamese text mean that two languages are mixed.
 */
export const englishWords: ReadonlySet<string> = new Set(
  "the of and to is in that for with on as are this be at or by from it an was not have has you your my we can will".split(
    " ",
  ),
);
