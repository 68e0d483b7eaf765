"""Names of well-known companies, brands and platforms, folded: who a question names is who its answer has to be about."""

from __future__ import annotations

import re

SAME = {
    "阿里巴巴": "阿里|淘宝|天猫", "字节跳动": "字节|抖音", "星巴克": "starbucks", "特斯拉": "tesla", "苹果": "apple|iphone", "谷歌": "google",
    "微软": "microsoft", "亚马逊": "amazon", "脸书": "facebook|meta", "耐克": "nike", "阿迪达斯": "adidas", "沃尔沃": "volvo", "宜家": "ikea",
    "优衣库": "uniqlo", "希音": "shein", "好市多": "costco|开市客", "开市客": "costco|好市多", "英伟达": "nvidia|辉达", "辉达": "nvidia|英伟达",
    "英特尔": "intel", "麦当劳": "mcdonald", "沃尔玛": "walmart", "奥乐齐": "aldi", "索尼": "sony", "三星": "samsung", "宝马": "bmw",
    "奔驰": "宾士|mercedes", "宾士": "奔驰|mercedes", "全家": "familymart", "甲骨文": "oracle", "高通": "qualcomm", "台积电": "tsmc", "鸿海": "富士康|foxconn",
    "富士康": "鸿海|foxconn", "雀巢": "nestl", "欧莱雅": "l'or", "宝洁": "p&g", "联合利华": "unilever", "小红书": "rednote", "微信": "wechat", "抖音": "tiktok",
}  # fmt: skip
"""How else a company may be written: any of these in the source will do."""

NAMES = (
    "美团 京东 淘宝 天猫 拼多多 阿里巴巴 字节跳动 抖音 快手 微信 微博 小红书 哔哩哔哩 知乎 百度 腾讯 网易 搜狐 新浪 滴滴 高德 携程 飞猪 去哪儿 途牛 同程 饿了么 盒马 叮咚买菜 每日优鲜 朴朴超市"
    " 山姆 永辉 大润发 沃尔玛 家乐福 物美 华润万家 高鑫零售 胖东来 好市多 开市客 奥乐齐 全家 罗森 便利蜂 苏宁 国美 唯品会 当当 闲鱼 转转 得物 识货 名创优品 屈臣氏 丝芙兰"
    " 顺丰 圆通 中通 申通 韵达 极兔 菜鸟 达达 闪送 德邦 京东到家 淘宝闪购 美团闪购 美团买菜 多多买菜 小象超市"
    " 瑞幸 星巴克 喜茶 奈雪 蜜雪冰城 古茗 茶百道 霸王茶姬 麦当劳 肯德基 必胜客 海底捞 西贝 太二 呷哺呷哺 农夫山泉 可口可乐 百事可乐 元气森林 娃哈哈 怡宝 康师傅 统一 王老吉 加多宝 红牛 东鹏"
    " 茅台 五粮液 泸州老窖 洋河 汾酒 青岛啤酒 华润啤酒 百威 伊利 蒙牛 光明乳业 飞鹤 君乐宝 雀巢 达能 三只松鼠 良品铺子 百草味 洽洽 旺旺 双汇 安井"
    " 耐克 阿迪达斯 李宁 安踏 特步 鸿星尔克 匹克 优衣库 波司登 海澜之家 太平鸟 森马 美特斯邦威 江南布衣 安德玛 彪马 露露乐蒙 始祖鸟 北面 加拿大鹅"
    " 宝洁 联合利华 欧莱雅 雅诗兰黛 兰蔻 资生堂 完美日记 花西子 珀莱雅 薇诺娜 贝泰妮 上海家化 百雀羚 自然堂 泡泡玛特 乐高 迪士尼 宜家 无印良品 大白兔"
    " 华为 小米 苹果 三星 荣耀 联想 中兴 海尔 美的 格力 海信 长虹 创维 戴森 索尼 松下 佳能 尼康 大疆 科大讯飞 商汤 旷视 寒武纪 海康威视 大华"
    " 特斯拉 比亚迪 蔚来 理想汽车 小鹏 吉利 长城汽车 奇瑞 长安汽车 上汽 广汽 一汽 东风 北汽 丰田 本田 日产 大众 宝马 奔驰 宾士 奥迪 沃尔沃 保时捷 福特 通用汽车 现代汽车 起亚 宁德时代 国轩高科 亿纬锂能"
    " 谷歌 微软 亚马逊 脸书 奈飞 推特 英伟达 辉达 英特尔 高通 台积电 联发科 联电 中芯国际 鸿海 富士康 广达 纬创 和硕 华硕 宏碁 阿斯麦 博通 美光 海力士 甲骨文 甲骨文 赛富时 思科 惠普 戴尔"
    " 中国移动 中国电信 中国联通 中国石油 中国石化 中海油 国家电网 工商银行 建设银行 农业银行 中国银行 招商银行 平安 中信 万科 碧桂园 恒大 保利 融创 龙湖 中国人寿 太平洋保险 蚂蚁 支付宝 陆金所"
    " 阳光电源 隆基 通威 晶科 天合光能 药明康德 恒瑞 迈瑞 复星 石药 辉瑞 强生 罗氏 诺华 默沙东 阿斯利康 拜耳 艾瑞 易观 尼尔森 凯度 麦肯锡 贝恩 德勤 普华永道 毕马威 安永 埃森哲 高盛 摩根士丹利 贝莱德 红杉 软银"
    " 希音 网易云音乐 网易严选 淘宝心选 喜马拉雅 爱奇艺 优酷 芒果 斗鱼 虎牙 虾皮 来赞达"
).split()

NAME = re.compile("|".join(sorted(dict.fromkeys(NAMES), key=len, reverse=True)))
"""The longest name that stands there."""


def has_brand(brand: str, folded: str) -> bool:
    """Whether a folded text names a company or brand, by any of its names."""
    return brand in folded or (brand in SAME and re.search(SAME[brand], folded) is not None)
