/**
 * Unicode classes exactly as the `tokenizers` library 0.23 has them. Its crates stand at several older
 * versions of Unicode, so the host's `\p{...}` classes would differ from it, and from one another on each
 * host.
 *
 * Each table is a list of ranges in base 36: the distance from the end of the last range, then how many
 * further characters the range holds. They were read off the library by asking it about every code point.
 */

/**
 * What the BERT normaliser deletes: NUL, U+FFFD, and categories Cc, Cf and Co but tab, line feed and return.
 */
export const controlTable: readonly string[] = [
  "0 8 3 1 2 h 2o w e 0 11v 5 n 0 5d 0 1e 0 3cv 0 1kt 4 r 4 1e 4 2 9 11u9 4xr 16o 0 6y 2 2 0 3b4 0 xyb",
  "3 440 7 h407 0 v 2n 1egx 1ekd 3 1ekd",
];

/** What counts as punctuation: ASCII punctuation and symbols, and categories P*. */
export const punctuationTable: readonly string[] = [
  "x e b 6 r 5 r 3 z 0 6 0 4 0 b 1 4 0 4 0 jj 0 9 0 cz 5 16 1 1g 0 2 0 3 0 3 0 19 1 l 1 2 1 e 0 3 1 23",
  "3 2v 0 18 d 6i 2 1j e w 0 7a 1 b 0 ao 0 lg 0 2j 0 b 1 4p e 2 0 12 3 20 0 23 4 5 1 34 5 4s 0 h1 8 48",
  "0 h9 1 19 1 27 2 20 1 4e 2 2 2 12 a 8q 1 61 1 3l 6 2 5 4t 6 4c 3 1o 4 1r 1 1t 7 c 0 n1 n 9 j 2 c 2 b",
  "v 1 f 1 hm 3 u 1 u6 d 28 1 w 9 b8 l 1s 3 x 1 l8 3 2 1 35 0 40 1a 2 i cf 2 5 9 3 b h 0 d 0 2r 0 2j 0",
  "mwz 1 7i 2 2s 0 b 0 38 5 al 3 2f 1 15 2 2 0 1e 1 1c 0 2q c h 1 3h 3 3j 1 h 1 6y 0 g2b 1 5t 9 n y 2 d",
  "2 0 5 0 2 1 46 2 2 5 2 3 b 1 4 1 r 2 2 0 s 0 2 0 2 6 bf 2 il 0 1d 0 bj 0 ko 0 5k 0 w 0 7l 8 13 0 35",
  "6 1v 6 2i 3 x7 6 32 1 2 3 3j 3 1d 1 28 4 4 0 e 0 2 2 2h 5 30 0 f1 0 6z m 2y 2 6x 2 2lu 4 dtm 1 3q 0",
  "1u 4 9 0 g2j 0 5wo 4",
];

/** What the BERT normaliser strips as an accent: category Mn. */
export const nonspacingMarkTable: readonly string[] = [
  "lc 33 7o 4 7e 18 2 0 2 1 2 1 2 0 21 a 1d k h 0 2u 6 3 5 3 1 2 3 10 0 v q 2k a 1n 8 z 3 2 8 2 2 2 4",
  "18 2 3s v 1k 0 2 0 5 7 5 0 4 6 b 1 u 0 1n 0 5 3 9 0 l 1 u 1 1m 0 5 1 5 1 3 2 4 0 v 1 4 0 c 1 1m 0 5",
  "4 2 1 5 0 l 1 u 0 1n 0 3 0 2 3 9 0 9 0 c 1 v 0 1q 0 d 0 1f 0 1q 2 6 2 2 3 8 1 c 1 u 0 1n 0 3 0 7 0 6",
  "1 l 1 u 0 1s 3 9 0 l 1 2v 0 8 2 2 0 2j 0 3 6 d 7 2r 0 3 5 2 1 c 5 23 1 s 0 2 0 2 0 1k d 2 4 2 1 6 a",
  "2 z a 0 2v 3 2 5 2 1 3 1 q 1 5 2 h 3 e 0 3 1 7 0 g 0 jk 2 qb 2 u 2 u 1 v 1 1t 1 2 6 9 0 3 a a 0 1a 2",
  "4c 0 3b 2 5 1 a 0 7 2 64 1 3 0 1n 0 2 6 2 0 2 0 3 7 7 9 3 0 1d d 1v 3 1d 0 2 4 2 0 6 0 15 8 d 1 x 3",
  "3 1 2 2 1l 0 2 1 4 0 2 2 1n 7 3 1 49 2 2 c 2 6 5 0 7 0 4 1 5j 1h 7 3 k1 c 5 0 4 b 2db 2 3y 0 2p v ff",
  "3 30 1 n9x 0 5 9 x 1 29 1 7l 0 4 0 5 0 q 1 4e 0 s h 1h 7 q a 1b 2 1d 0 3 3 3 0 15 0 1w 5 3 1 3 1 d 0",
  "9 0 1c 0 1g 0 2 2 3 1 6 1 2 0 17 1 9 0 6n 0 3 0 5 0 fn5 0 ki f h f r2 0 6b 0 46 4 1af 2 2 1 6 3 15 2",
  "5 0 4m 1 10b 0 1j e 1l 2 1e 3 3 1 1y 2 11 4 2 7 1r 0 d 1 1h 8 c 2 2r 2 3 0 2 1 4o 0 4 7 m 1 1n 0 4 0",
  "12 6 4 4 8v 5 2 0 5 1 2 1 6n 3 7 1 2 1 s 1 2e 7 3 0 2 1 2z 0 2 0 3 5 2 0 2u 2 3 3 2 4 gjp 4 1o 6 ux",
  "3 f7v 1 43t 2 i 7 3 6 v 3 45 2 1j0 1i 5 1d 9 0 f 0 n 4 2 e 2sh 6 gzl6 6n",
];

/** What the StripAccents step strips: categories Mn, Mc and Me. */
export const combiningMarkTable: readonly string[] = [
  "lc 33 7o 6 7c 18 2 0 2 1 2 1 2 0 21 a 1d k h 0 2u 6 3 5 3 1 2 3 10 0 v q 2k a 1n 8 z 3 2 8 2 2 2 4",
  "18 2 3d d 2 w 1j 2 2 h 2 6 b 1 u 2 1l 0 2 6 3 1 3 2 a 0 b 1 u 2 1l 0 2 4 5 1 3 2 4 0 v 1 4 0 c 2 1l",
  "0 2 7 2 2 2 2 l 1 u 2 1l 0 2 6 3 1 3 2 9 1 b 1 v 0 1o 4 4 2 2 3 a 0 15 3 1n 6 2 2 2 3 8 1 c 1 u 2 1l",
  "0 2 6 2 2 2 3 8 1 c 1 u 2 1n 6 2 2 2 3 a 0 b 1 v 1 1z 0 5 5 2 0 2 7 j 1 1q 0 3 6 d 7 2r 0 3 5 2 1 c",
  "5 23 1 s 0 2 0 2 0 5 1 1e j 2 1 6 a 2 z a 0 2t j o 3 5 2 2 2 3 6 4 3 e b 2 0 b 3 jk 2 qb 2 u 2 u 1 v",
  "1 1t v a 0 1a 2 3c 1 z 0 3b b 5 b 64 4 1m 9 2 s 3 0 1d e 1u 4 1c g 13 8 d 2 v c 1l d 1d j 49 2 2 k 5",
  "0 5 2 4 1 5j 1h 6 4 k1 w 2db 2 3y 0 2p v ff 5 2y 1 n9x 3 2 9 x 1 29 1 7l 0 4 0 5 0 o 4 2h 1 1f h r h",
  "1h 7 q c 19 3 1c d 11 0 1w d d 0 9 1 1a 2 1f 0 2 2 3 1 6 1 2 0 16 4 6 1 6l 7 2 1 fn5 0 ki f h f r2 0",
  "6b 0 46 4 1af 2 2 1 6 3 15 2 5 0 4m 1 10a 2 1i e 1l 3 1a a 1y 2 11 d 1r 0 d 2 1d d a 2 2o b 7 0 4h b",
  "m 3 1l 0 2 6 3 1 3 2 a 0 b 1 3 6 4 4 5d h 2y j 6k 6 3 8 s 1 2b g 2z c 2u e zo 7 2 7 2b l 2 d fga 4",
  "1o 6 t7 19 h 3 f7v 1 43r 4 4 5 9 7 3 6 v 3 45 2 1j0 1i 5 1d 9 0 f 0 n 4 2 e 11t 6 2 g 3 6 2 1 2 4",
  "1pi 6 32 6 gzhy 6n",
];

/** What `\w` matches in a regular expression of the Whitespace step. */
export const wordTable: readonly string[] = [
  "1c 9 8 p 5 0 2 p 1c 0 b 0 5 0 6 m 2 u 2 cp 5 b f 4 8 0 2 0 i 38 2 1 3 3 2 0 7 0 2 2 2 0 2 j 2 2a 2",
  "3u 2 4s 2 11 3 0 7 14 9 18 2 0 2 1 2 1 2 0 9 q 5 3 u a 6 21 5 2t 2 7 3 9 2 i 3 0 h 1m 3 2s f 1h 5 0",
  "3 0 3 19 j r 5 a 6 n 2 5 9 22 2 3k 3 9 2 i 2 7 3 1 3 l 2 6 2 0 4 3 3 8 3 1 3 3 9 0 5 1 2 4 3 b b 0 2",
  "0 3 2 2 5 5 1 3 l 2 6 2 1 2 1 2 1 3 0 2 4 5 1 3 2 4 0 8 3 2 0 8 f c 2 2 8 2 2 2 l 2 6 2 1 2 4 3 9 2",
  "2 2 2 3 0 g 3 3 9 a 6 2 2 2 7 3 1 3 l 2 6 2 1 2 4 3 8 3 1 3 2 8 2 5 1 2 4 3 9 2 0 h 1 2 5 4 2 2 3 4",
  "1 2 0 2 1 4 1 4 2 4 b 5 4 4 2 2 3 3 0 7 0 f 9 h c 2 2 2 m 2 f 3 8 2 2 2 3 8 1 2 2 3 0 3 3 3 9 h 3 2",
  "7 2 2 2 m 2 9 2 4 3 8 2 2 2 3 8 1 7 1 2 3 3 9 2 2 d c 2 2 2 1e 2 2 2 4 6 3 8 4 3 9 b 5 2 2 2 h 4 n 2",
  "8 2 0 3 6 4 0 5 5 2 0 2 7 7 9 3 1 e 1l 6 e 2 9 14 1 2 0 2 4 2 n 2 0 2 m 3 4 2 0 2 6 2 9 3 3 x 0 o 1",
  "7 9 c 0 2 0 2 0 5 9 2 z 5 j 2 h 2 z a 0 1m 21 7 25 3 11 2 0 6 0 3 16 2 98 2 3 3 6 2 0 2 3 3 14 2 3 3",
  "w 2 3 3 6 2 0 2 3 3 e 2 1k 2 3 3 1u 3 2 x f h 2d 3 5 4 h7 3 g 2 p 6 22 4 a 8 l a l c j d c 2 2 2 1 d",
  "2b 4 0 5 1 3 9 y 2 2 a 7 2g 8 16 6 1x b u 2 b 5 b b 13 3 4 c 17 5 p 7 9 13 r 5 1q 2 s 3 a 7 9 e 0 9",
  "u 1e 24 4 9 i 8 d 37 d 1j 9 9 4 1c 3 a 6 16 3 2 h 2 2 12 6 et 3 5 3 11 3 5 3 7 2 0 2 0 2 0 2 u 3 1g",
  "2 6 2 0 4 2 2 6 4 3 3 5 5 c 6 2 2 6 g 1 1e 1 k 0 t 0 e 0 h c 1g w i 0 5 0 3 9 2 0 4 4 7 0 2 0 2 0 2",
  "3 2 a 3 3 6 4 5 0 i 14 mm 1f 1ef 6c 7 8 d 11 2 0 6 0 3 1j 8 0 g n a 6 2 6 2 6 2 6 2 6 2 6 2 6 2 6 2",
  "v 1c 0 d2 2 q e 2 4 3 4 5 2d 3 1 3 2 2 2h 2 3 6 16 2 2l i v 1d f e9 533 1t h3g 1w 19 3 7g 4 r l 1e 2",
  "9 2 36 12 8 3 2u 3 1u 3 1 2 0 2 7 m 1h 5 0 k 1f d 1x b 9 7 n 4 0 2 1c 3 z d s 4 1s f a 7 u 2 1i a d",
  "3 9 7 m 4 20 p 2 3 f 3 4 b 5 3 5 3 5 a 6 2 6 2 16 2 d 7 3e 2 1 3 9 7 8mb d m 5 1c 6it a5 3 2x 13 6 d",
  "4 6 b 2 c 2 4 2 0 2 1 2 1 2 2z y a2 j 1r 3 1h 15 b 5 f h f 4 1 p 2 x 4 2 3q k 9 8 p 5 0 2 p c 2g 4 5",
  "3 5 3 5 3 2 10 b 2 p 2 i 2 1 2 e 3 d z 3e 1y 1g 3t 0 3n s 4 1c g 0 w v e t 6 16 6 t 3 z 5 7 2 4 17",
  "4d 3 9 7 z 5 z 5 13 9 1f d a 2 e 2 6 2 1 2 a 2 e 2 6 2 1 4 1f d 8m a l b 7 p 5 2 15 2 8 1y 5 3 0 2",
  "17 2 1 4 0 3 m b m a u 1u i 2 1 b l b p 1z 1j 7 1 1t 3 2 1 6 7 2 2 2 s 3 2 5 0 x s 4 s 10 7 2 t q 1h",
  "b l b i e h 33 20 1k 1e e 1e e 13 9 9 7 11 4 4 2 m 6z 15 2 1 4 1 h 2 1k w b 0 9 w w l 17 k s m a 1y",
  "w f a 1n 8 0 e o 8 9 7 1g 2 9 5 3 9 z 3 0 a 1w 5 3 2 c 2 0 10 h 2 10 7 3 1r 6 2 0 2 3 2 e 2 9 8 1m 6",
  "9 7 3 2 7 3 1 3 l 2 6 2 1 2 4 2 9 3 1 3 2 3 0 7 0 6 6 3 6 4 4 c 9 2 0 3 0 2 11 2 9 2 0 3 0 2 3 2 7 e",
  "1 u 22 6 9 5 3 v 1x 2 0 9 9 4n 1h 3 8 o 5 z 1s 4 0 c 9 13 1k 8 9 7 j t q 3 e 5 9 7 6 56 1m 2u 21 m 7",
  "3 0 3 7 2 1 2 t 2 1 3 8 d 9 1z 7 3 19 3 7 2 1 s 1q 9 0 9 21 4 0 j 20 5k w g 9 7 8 2 18 2 8 g 9 p t 3",
  "l 2 d 22 6 2 1 2 17 4 0 2 1 2 8 9 9 7 5 2 1 2 10 2 1 2 5 8 9 8n m a g 2 14 4 4 e a 2e 0 28 pl 2v 32",
  "i 5f 219 2o g tr h l b 32y 6 g6 5a2 1l 1c7 fs 8 u 2 9 7 26 2 9 7 t 3 4 c 1i a 3 d 9 a k 6 i c1 18 4",
  "9 5j 1r 3l 22 5 1k 8 g 1t 1 2 1 c 1 f 4qf 9 yd 16 9 6w8 3 2 6 2 1 2 82 g 0 u 2 3 0 f 3 9 az 1s5 2y 6",
  "c 4 8 8 9 4 1 382 9 ef 19 3 m f3 4 4 5 9 7 3 6 v 3 45 2 cc 2c 2 1y 2 1 3 0 3 1 3 3 2 b 2 0 2 6 2 1s",
  "2 3 3 7 2 6 2 r 2 3 2 4 2 0 4 6 2 9f 3 o 2 o 2 u 2 o 2 u 2 o 2 u 2 o 2 u 2 o 2 7 3 1d e9 1i 5 1d 9 0",
  "f 0 n 4 2 e up u 7 5 5y 6 2 g 3 6 2 1 2 4 6 1p y 0 35 18 4 d 3 9 5 0 8y u i 1l d3 15 5z 16 di 6 2 3",
  "2 1 2 e 2 5g c 6 16 23 5 9 x3 3 2 q 2 1 2 0 3 0 2 9 2 3 2 0 2 0 7 0 5 0 2 0 2 0 2 2 2 1 2 0 3 0 2 0",
  "2 0 2 0 2 0 2 1 2 0 3 3 2 6 2 3 2 3 2 0 2 9 2 g 6 2 2 4 2 g hh p 7 p 7 p 21z 9 sn wyn x 37d 7 65 3",
  "4g1 f 5rk g h9 1wj f1 15v 3t6 6 38f f9e9 6n",
];

/**
 * Characters that newer Unicode versions decompose or reorder, and the `tokenizers` library leaves as they
 * are.
 */
export const keptTable: readonly string[] = [
  "1kt 0 4a 8 17 9 8b 0 fy 0 73 1 am 0 1nf 0 q2 u 3 b ln 4 45h 0 n3m 3 1k 0 n1 0 huo 0 r 0 bh 4 2 15 2",
  "8 12i 3 1u 4 8u 1 26 1 2 2 1z a 1e 3 6j 0 jv 0 20 0 2 0 9 0 3 0 1g 0 2 1 6 2 3y 0 rf 1 72 0 5 1 5 0",
  "4d 0 2c 0 j 0 2a 0 ix 0 2 1 2a 0 bu 1 d0f 7 7 0 2ex 2 hy 1 icl z 3sn 1p y 0 4h 6 ag 0 1q 3 e5 3 73 1",
  "6s 0 3 0 8 1 6 0 22f 0 22s 9",
];
