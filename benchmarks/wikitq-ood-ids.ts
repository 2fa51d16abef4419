/**
 * The 400 questions of the official test set that skills are judged on out of distribution: chosen by a hash once, and listed,
 * so that a set without `ood_400.jsonl` (the official release has none) gives the same ones.
 * Source: WikiTableQuestions 1.0.2, pristine-unseen-tables. Licence: CC BY-SA 4.0.
 */
const IDS = `
  nu-3 nu-6 nu-42 nu-54 nu-55 nu-61 nu-78 nu-118 nu-119 nu-123 nu-124 nu-130 nu-135 nu-144 nu-149 nu-150 nu-162
  nu-196 nu-204 nu-210 nu-212 nu-242 nu-251 nu-258 nu-265 nu-291 nu-292 nu-295 nu-307 nu-318 nu-327 nu-331 nu-334
  nu-364 nu-395 nu-397 nu-400 nu-406 nu-407 nu-418 nu-430 nu-433 nu-452 nu-459 nu-465 nu-467 nu-476 nu-479 nu-497
  nu-523 nu-528 nu-544 nu-554 nu-588 nu-595 nu-604 nu-607 nu-610 nu-615 nu-632 nu-639 nu-641 nu-643 nu-645 nu-654
  nu-657 nu-681 nu-697 nu-699 nu-703 nu-711 nu-720 nu-740 nu-743 nu-757 nu-770 nu-780 nu-786 nu-787 nu-850 nu-878
  nu-896 nu-916 nu-922 nu-924 nu-928 nu-939 nu-944 nu-958 nu-1020 nu-1022 nu-1056 nu-1073 nu-1082 nu-1089 nu-1110
  nu-1117 nu-1127 nu-1141 nu-1160 nu-1162 nu-1163 nu-1168 nu-1180 nu-1186 nu-1195 nu-1199 nu-1218 nu-1230 nu-1236
  nu-1241 nu-1251 nu-1266 nu-1269 nu-1300 nu-1303 nu-1304 nu-1308 nu-1323 nu-1346 nu-1350 nu-1356 nu-1357 nu-1364
  nu-1407 nu-1415 nu-1417 nu-1434 nu-1441 nu-1445 nu-1485 nu-1502 nu-1521 nu-1542 nu-1549 nu-1562 nu-1570 nu-1578
  nu-1592 nu-1600 nu-1620 nu-1631 nu-1643 nu-1650 nu-1669 nu-1675 nu-1687 nu-1689 nu-1722 nu-1735 nu-1749 nu-1755
  nu-1758 nu-1767 nu-1781 nu-1791 nu-1816 nu-1822 nu-1831 nu-1832 nu-1834 nu-1837 nu-1838 nu-1849 nu-1859 nu-1866
  nu-1867 nu-1882 nu-1891 nu-1910 nu-1927 nu-1928 nu-1937 nu-1955 nu-1958 nu-1967 nu-1981 nu-2010 nu-2011 nu-2013
  nu-2025 nu-2030 nu-2032 nu-2054 nu-2069 nu-2071 nu-2075 nu-2078 nu-2084 nu-2162 nu-2172 nu-2193 nu-2209 nu-2215
  nu-2225 nu-2233 nu-2238 nu-2248 nu-2258 nu-2284 nu-2299 nu-2302 nu-2307 nu-2316 nu-2328 nu-2335 nu-2341 nu-2346
  nu-2349 nu-2352 nu-2359 nu-2362 nu-2364 nu-2381 nu-2405 nu-2424 nu-2441 nu-2459 nu-2466 nu-2508 nu-2510 nu-2514
  nu-2516 nu-2525 nu-2526 nu-2537 nu-2546 nu-2548 nu-2549 nu-2571 nu-2581 nu-2593 nu-2599 nu-2628 nu-2638 nu-2648
  nu-2654 nu-2677 nu-2711 nu-2712 nu-2725 nu-2752 nu-2767 nu-2775 nu-2779 nu-2785 nu-2790 nu-2796 nu-2800 nu-2801
  nu-2802 nu-2817 nu-2821 nu-2826 nu-2835 nu-2836 nu-2863 nu-2865 nu-2877 nu-2880 nu-2884 nu-2888 nu-2899 nu-2900
  nu-2913 nu-2914 nu-2920 nu-2943 nu-2964 nu-2968 nu-2970 nu-2984 nu-3006 nu-3015 nu-3044 nu-3052 nu-3058 nu-3063
  nu-3130 nu-3155 nu-3159 nu-3162 nu-3179 nu-3180 nu-3199 nu-3201 nu-3210 nu-3215 nu-3248 nu-3271 nu-3276 nu-3279
  nu-3280 nu-3282 nu-3292 nu-3300 nu-3301 nu-3304 nu-3319 nu-3320 nu-3326 nu-3333 nu-3352 nu-3353 nu-3363 nu-3387
  nu-3389 nu-3429 nu-3436 nu-3440 nu-3441 nu-3445 nu-3483 nu-3486 nu-3498 nu-3510 nu-3518 nu-3532 nu-3538 nu-3554
  nu-3560 nu-3571 nu-3578 nu-3579 nu-3591 nu-3592 nu-3608 nu-3622 nu-3649 nu-3670 nu-3673 nu-3678 nu-3704 nu-3712
  nu-3713 nu-3729 nu-3753 nu-3758 nu-3777 nu-3781 nu-3802 nu-3803 nu-3806 nu-3811 nu-3812 nu-3817 nu-3824 nu-3833
  nu-3837 nu-3839 nu-3842 nu-3843 nu-3877 nu-3879 nu-3883 nu-3884 nu-3886 nu-3915 nu-3924 nu-3941 nu-3943 nu-3947
  nu-3952 nu-3998 nu-3999 nu-4017 nu-4028 nu-4042 nu-4086 nu-4110 nu-4118 nu-4127 nu-4147 nu-4164 nu-4194 nu-4222
  nu-4224 nu-4227 nu-4239 nu-4241 nu-4247 nu-4249 nu-4257 nu-4259 nu-4267 nu-4274 nu-4277 nu-4286 nu-4288 nu-4289
  nu-4292 nu-4302 nu-4303 nu-4310 nu-4312 nu-4324 nu-4326 nu-4338 nu-4342 nu-4343
`;

/** In the order of the test set. */
export const OOD_IDS: readonly string[] = IDS.trim().split(/\s+/);
