/**
 * The trainings whose bits are kept: a name, and a line as it is typed after `lockstep train`. What a line does not say
 * is as in COMMON. Files are those of files.ts.
 */

/**
 * Options of every case that does not give its own, or `usual` for an option that is not to be given. One worker, for the
 * sake of time: others must not change any bits, and ON_OTHER_WORKERS sees to that. The last batch is a short one.
 */
export const COMMON =
  '--seed 3 --epochs 2 --batch-size 48 --hidden 7,5 --activation tanh --lr 0.02 --optimizer sgd --workers 1 --shards 3';

const X = '--features x1,x2,x3,x4,x5,x6';
const PRICE = `files/table.csv --target price ${X}`;
export const PRICES = `files/table.csv --target price,tax ${X}`;
export const ANSWER = `files/table.csv --target answer ${X}`;
export const KIND = `files/table.csv --target kind ${X}`;
export const LABELS = `files/table.csv --target a,b,c ${X}`;
const WEIGHTED = '--weight-column weight';
const SAME = `files/table.csv ${X} --target-is-input`;
const PIXELS = 'files/images --validation 0.2';

/** Walked by block (src/model/walk.ts): so many parameters, so few rows. No size is a multiple of a vector or a tile. */
const BY_BLOCK = '--hidden 213,229 --batch-size 25 --epochs 1';
const [KIND_60, PRICES_60, ANSWER_60, LABELS_60] = [KIND, PRICES, ANSWER, LABELS].map(line =>
  line.replace('table.csv', 'sixty.csv'),
);
/** The same parameters walked by shard, in several micro-batches a shard, the last one short. */
const MICRO_BATCHES = '--hidden 213,229 --batch-size full --shards 1';

const NETWORKS = {
  'no hidden layer': `${KIND} --hidden ""`,
  'no hidden layer, numbers': `${PRICES} --hidden ""`,
  'no hidden layer, two classes': `${ANSWER} --hidden ""`,
  'no hidden layer, labels': `${LABELS} --hidden ""`,
  'one hidden layer': `${KIND} --hidden 9`,
  'three hidden layers': `${KIND} --hidden 9,4,6`,
  'one unit a layer': `${PRICE} --hidden 1,1`,
  'a product longer than a block of 256': `${KIND} --hidden 301,3`,
  'more columns than a tile': `${KIND} --hidden 65,33`,
  'by block': `${KIND_60} ${BY_BLOCK}`,
  'by block, numbers': `${PRICES_60} ${BY_BLOCK}`,
  'by block, two classes': `${ANSWER_60} ${BY_BLOCK}`,
  'by block, labels': `${LABELS_60} ${BY_BLOCK}`,
  'by block, three hidden layers': `${KIND_60} --hidden 203,150,149 --batch-size 21 --epochs 1`,
  'by block, derived from a': `${KIND_60} ${BY_BLOCK} --activation gelu,silu`,
  'several micro-batches': `${KIND} ${MICRO_BATCHES}`,
  'several micro-batches, numbers': `${PRICES} ${MICRO_BATCHES}`,
  'weights beyond the cache': `${KIND} --hidden 510,515 --batch-size full --shards 1 --epochs 1`,
  'thirteen classes': 'synthetic:150x6x13',
  waves: `${PRICES} --number-waves 5`,
  'waves, no hidden layer': `${ANSWER} --number-waves 3 --hidden ""`,
  'waves, several micro-batches': `${KIND} ${MICRO_BATCHES} --number-waves 16`,
  'waves of some columns, scaled inputs':
    'files/table.csv --target kind --features x1,size,x2 --number-waves 4 --optimizer adam --input-scale 6 --fan-in-lr --bias-lr 0.1 --clip-norm 0.5',
  'waves, dropout and noise': `${KIND} --number-waves 4 --optimizer lamb --dropout 0.2 --input-dropout 0.1 --input-noise 0.1`,
};

const ACTIVATIONS = {
  'hidden identity': `${KIND} --activation identity`,
  'hidden sigmoid': `${KIND} --activation sigmoid`,
  'hidden tanh': `${KIND} --activation tanh`,
  'hidden relu': `${KIND} --activation relu`,
  'hidden leaky-relu': `${KIND} --activation leaky-relu`,
  'hidden elu': `${KIND} --activation elu`,
  'hidden selu': `${KIND} --activation selu`,
  'hidden gelu': `${KIND} --activation gelu`,
  'hidden silu': `${KIND} --activation silu`,
  'hidden softplus': `${KIND} --activation softplus`,
  'hidden hard-sigmoid': `${KIND} --activation hard-sigmoid`,
  'hidden hard-tanh': `${KIND} --activation hard-tanh`,
  'hidden mish': `${KIND} --activation mish`,
  'hidden cosine': `${KIND} --activation cosine`,
  'one activation a layer': `${KIND} --activation selu,sigmoid`,
  'output identity': `${PRICES} --output-activation identity`,
  'output sigmoid': `${PRICES} --output-activation sigmoid`,
  'output tanh': `${PRICES} --output-activation tanh`,
  'output relu': `${PRICES} --output-activation relu`,
  'output leaky-relu': `${PRICES} --output-activation leaky-relu`,
  'output elu': `${PRICES} --output-activation elu`,
  'output selu': `${PRICES} --output-activation selu`,
  'output gelu': `${PRICES} --output-activation gelu`,
  'output silu': `${PRICES} --output-activation silu`,
  'output softplus': `${PRICES} --output-activation softplus`,
  'output hard-sigmoid': `${PRICES} --output-activation hard-sigmoid`,
  'output hard-tanh': `${PRICES} --output-activation hard-tanh`,
  'output mish': `${PRICES} --output-activation mish`,
  'output cosine': `${PRICES} --output-activation cosine`,
};

const LOSSES = {
  numbers: PRICE,
  'several numbers': `${PRICES} --hidden 9`,
  'two classes': ANSWER,
  'several classes': `${KIND} --hidden 8`,
  labels: LABELS,
  'sse by name': `${PRICES} --loss sse --hidden 8`,
  huber: `${PRICES} --loss huber`,
  'huber, delta': `${PRICES} --loss huber --huber-delta 0.3`,
  'huber, output gelu': `${PRICES} --loss huber --output-activation gelu`,
  'huber, output softplus': `${PRICES} --loss huber --output-activation softplus`,
  absolute: `${PRICES} --loss absolute`,
  quantile: `${PRICES} --loss quantile`,
  'quantile, 0.9': `${PRICES} --loss quantile --quantile 0.9`,
  'quantile, output gelu': `${PRICES} --loss quantile --quantile 0.25 --output-activation gelu`,
  'logarithm of the target': `${PRICE} --target-transform log`,
  'quantiles of the target': `${PRICES} --target-transform quantile`,
  'absolute, output silu': `${PRICES} --loss absolute --output-activation silu`,
  'absolute, output leaky-relu': `${PRICES} --loss absolute --output-activation leaky-relu`,
  'two classes by name': `${ANSWER} --loss binary-cross-entropy --hidden 8`,
  'several classes by name': `${KIND} --loss cross-entropy --hidden 6`,
  reconstruction: SAME,
  'reconstruction of categories': 'files/table.csv --target-is-input --features x1,size,fresh',
  'reconstruction, weighted rows': `${SAME} ${WEIGHTED}`,
  'reconstruction, huber': `${SAME} --loss huber`,
  'reconstruction, absolute': `${SAME} --loss absolute`,
  'reconstruction of pixels': `${PIXELS} --target-is-input`,
  'reconstruction of pixels, sigmoid': `${PIXELS} --target-is-input --loss binary-cross-entropy`,
  'sum, numbers': `${PRICES} --reduction sum --lr 0.001`,
  'sum, classes': `${KIND} --reduction sum --lr 0.001`,
  'sum, labels': `${LABELS} --reduction sum --lr 0.001`,
  'l2 penalty': `${KIND} --l2 0.01`,
  'l2 penalty, sum': `${KIND} --l2 0.01 --reduction sum --lr 0.001`,
  'l2 penalty, by block': `${KIND_60} --l2 0.01 ${BY_BLOCK}`,
  'l1 penalty': `${KIND} --l1 0.003`,
  'l1 penalty, by block': `${KIND_60} --l1 0.003 ${BY_BLOCK}`,
  'both penalties, adam': `${KIND} --l1 0.003 --l2 0.01 --optimizer adam`,
  'label smoothing': `${KIND} --label-smoothing 0.1`,
  'label smoothing, two classes': `${ANSWER} --label-smoothing 0.1`,
  'label smoothing, labels': `${LABELS} --label-smoothing 0.1`,
};

const WEIGHTS = {
  'row weights, numbers': `${PRICES} ${WEIGHTED}`,
  'row weights, output gelu': `${PRICES} ${WEIGHTED} --output-activation gelu`,
  'row weights, huber': `${PRICES} ${WEIGHTED} --loss huber`,
  'row weights, absolute': `${PRICES} ${WEIGHTED} --loss absolute`,
  'row weights, two classes': `${ANSWER} ${WEIGHTED}`,
  'row weights, several classes': `${KIND} ${WEIGHTED}`,
  'row weights, labels': `${LABELS} ${WEIGHTED}`,
  'row weights, sum': `${KIND} ${WEIGHTED} --reduction sum --lr 0.001`,
  'row weights, by block': `${KIND_60} ${WEIGHTED} ${BY_BLOCK}`,
  'row weights, validation rows': `${KIND} ${WEIGHTED} --validation 0.25`,
  'class weights balanced, two classes': `${ANSWER} --class-weights balanced`,
  'class weights balanced, several classes': `${KIND} --class-weights balanced`,
  'class weights balanced, labels': `${LABELS} --class-weights balanced`,
  'class weights, a list': `${KIND} --class-weights 1,2.5,0.25`,
  'class weights, by name': `${KIND} --class-weights cat=3`,
  'class weights and row weights': `${KIND} --class-weights balanced ${WEIGHTED}`,
  'class weights, row weights and smoothing': `${LABELS} --class-weights 2,1,4 ${WEIGHTED} --label-smoothing 0.05`,
};

const RULES = {
  sgd: `${KIND} --optimizer sgd --hidden 7`,
  'sgd, weight decay': `${KIND} --weight-decay 0.1`,
  'sgd, momentum': `${KIND} --momentum 0.9`,
  'sgd, nesterov': `${KIND} --momentum 0.9 --nesterov`,
  'sgd, nesterov, weight decay': `${KIND} --momentum 0.9 --nesterov --weight-decay 0.1`,
  adam: `${KIND} --optimizer adam`,
  'adam, its constants': `${KIND} --optimizer adam --beta1 0.8 --beta2 0.95 --epsilon 1e-3`,
  adamw: `${KIND} --optimizer adamw`,
  'adamw, weight decay': `${KIND} --optimizer adamw --weight-decay 0.2`,
  rmsprop: `${KIND} --optimizer rmsprop`,
  'rmsprop, its constants': `${KIND} --optimizer rmsprop --momentum 0.7 --beta2 0.9 --epsilon 1e-4 --weight-decay 0.1`,
  adagrad: `${KIND} --optimizer adagrad`,
  'adagrad, its constants': `${KIND} --optimizer adagrad --epsilon 1e-3 --weight-decay 0.1`,
  lars: `${KIND} --optimizer lars --lr 1`,
  'lars, its constants': `${KIND} --optimizer lars --lr 1 --trust 0.01 --momentum 0.5 --weight-decay 0.1`,
  lamb: `${KIND} --optimizer lamb`,
  'lamb, its constants': `${KIND} --optimizer lamb --beta1 0.8 --beta2 0.95 --epsilon 1e-3 --weight-decay 0.1`,
  'rates of layers': `${KIND} --bias-lr 0.25 --fan-in-lr`,
  'rates of layers, adam': `${PRICES} --optimizer adam --bias-lr 0.1 --fan-in-lr`,
  'rates of layers, lamb': `${KIND} --optimizer lamb --bias-lr 0.1 --fan-in-lr --weight-decay 0.1`,
  'scaled inputs': `${KIND} --input-scale 3`,
  'scaled inputs, adam': `${PRICES} --optimizer adam --input-scale 6 --clip-norm 0.5 --l2 0.01 --l1 0.001`,
  'scaled inputs, lamb': `${KIND} --optimizer lamb --input-scale 2 --weight-decay 0.1 --clip-value 0.01`,
  'scaled inputs, lars': `${KIND} --optimizer lars --lr 1 --input-scale 2`,
  'scaled inputs, rprop': `${KIND} --optimizer rprop --batch-size full --epochs 5 --input-scale 1`,
  'scaled inputs, by block': `${KIND_60} ${BY_BLOCK} --optimizer adam --input-scale 6 --noise-scale`,
  'scaled inputs, wide': `${KIND} --hidden 510,9 --optimizer adam --input-scale 6 --noise-scale`,
  'rates of layers, by block': `${KIND_60} ${BY_BLOCK} --bias-lr 0.25 --fan-in-lr`,
  rprop: `${KIND} --optimizer rprop --batch-size full --epochs 5`,
  'rprop, penalties': `${KIND} --optimizer rprop --batch-size full --epochs 5 --l1 0.01 --l2 0.1`,
  lbfgs: `${KIND} --optimizer lbfgs --batch-size full --lr 1 --epochs 6`,
  'lbfgs, its constants': `${KIND} --optimizer lbfgs --batch-size full --lr 0.5 --epochs 6 --history 2 --l2 0.01`,
  'lbfgs, numbers': `${PRICES} --optimizer lbfgs --batch-size full --lr 1 --epochs 6`,
  'lbfgs, sum': `${PRICES} --optimizer lbfgs --batch-size full --lr 1 --epochs 6 --reduction sum`,
  'lbfgs, to its end': `${ANSWER} --optimizer lbfgs --batch-size full --lr 1 --epochs 60 --hidden "" --l2 0.1`,
  'lbfgs, a long first step': `${KIND} --optimizer lbfgs --batch-size full --lr 1000 --epochs 8`,
  'lbfgs, a short first step': `${KIND} --optimizer lbfgs --batch-size full --lr 1e-4 --epochs 8`,
  'lbfgs, a step beyond all bounds': `${PRICES} --optimizer lbfgs --batch-size full --lr 1e30 --activation identity`,
  'lbfgs, kinks': `${PRICES} --optimizer lbfgs --batch-size full --lr 1 --epochs 40 --loss absolute --activation relu`,
  'lbfgs, kinks and flats': `${PRICES} --optimizer lbfgs --batch-size full --lr 30 --epochs 40 --loss absolute --activation hard-tanh --output-activation relu`,
  'lbfgs, several micro-batches': `${KIND} --optimizer lbfgs --lr 1 ${MICRO_BATCHES}`,
  'lbfgs, by block': `${KIND_60} --optimizer lbfgs --lr 1 --hidden 251,257 --batch-size full`,
  'sgd by block, momentum': `${KIND_60} --momentum 0.9 ${BY_BLOCK}`,
  'adam by block': `${KIND_60} --optimizer adam ${BY_BLOCK}`,
  'adamw by block': `${KIND_60} --optimizer adamw ${BY_BLOCK}`,
  'rmsprop by block': `${KIND_60} --optimizer rmsprop ${BY_BLOCK}`,
  'adagrad by block': `${KIND_60} --optimizer adagrad ${BY_BLOCK}`,
  'lars by block': `${KIND_60} --optimizer lars --lr 1 ${BY_BLOCK}`,
  'lamb by block': `${KIND_60} --optimizer lamb ${BY_BLOCK}`,
  'clip-norm': `${KIND} --clip-norm 0.2`,
  'clip-norm, adam': `${KIND} --clip-norm 0.2 --optimizer adam`,
  'clip-norm, momentum': `${KIND} --clip-norm 0.2 --momentum 0.9`,
  'clip-norm, by block': `${KIND_60} --clip-norm 0.2 ${BY_BLOCK}`,
  'clip-norm, lars': `${KIND} --clip-norm 0.2 --optimizer lars --lr 1`,
  'clip-norm, lamb': `${KIND} --clip-norm 0.2 --optimizer lamb`,
  'clip-value': `${KIND} --clip-value 0.01`,
  'clip-value, adagrad': `${KIND} --clip-value 0.01 --optimizer adagrad`,
  'clip-value, by block': `${KIND_60} --clip-value 0.001 ${BY_BLOCK}`,
  'clip-value, clip-norm and penalties': `${KIND} --clip-value 0.05 --clip-norm 0.2 --l1 0.003 --l2 0.01`,
};

const RATES = {
  'rate by step': `${KIND} --epochs 5 --lr-schedule step --lr-every 2 --lr-gamma 0.5`,
  'rate exponential': `${KIND} --epochs 4 --lr-schedule exponential`,
  'rate exponential, gamma': `${KIND} --epochs 4 --lr-schedule exponential --lr-gamma 0.7`,
  'rate inverse-time': `${KIND} --epochs 4 --lr-schedule inverse-time`,
  'rate cosine': `${KIND} --epochs 4 --lr-schedule cosine`,
  'rate cosine, end': `${KIND} --epochs 4 --lr-schedule cosine --lr-end 0.1`,
  'rate polynomial': `${KIND} --epochs 4 --lr-schedule polynomial`,
  'rate polynomial, power': `${KIND} --epochs 4 --lr-schedule polynomial --lr-power 2.5 --lr-end 0.01`,
  'rate one-cycle': `${KIND} --epochs 4 --lr-schedule one-cycle`,
  'rate on plateau': `${KIND} --epochs 9 --lr 0.8 --lr-schedule plateau --lr-patience 0 --validation 0.3`,
  'rate on plateau, its constants': `${KIND} --epochs 9 --lr 0.8 --lr-schedule plateau --lr-patience 1 --lr-threshold 0.1 --lr-cooldown 1 --lr-gamma 0.3 --lr-end 0.05 --validation 0.3`,
  'rate on plateau, accuracy': `${KIND} --epochs 9 --lr 0.8 --lr-schedule plateau --lr-patience 0 --validation 0.3 --monitor accuracy`,
  'rate coslog4': `${KIND} --epochs 4 --lr-schedule coslog4`,
  'rate flat-cosine': `${KIND} --epochs 4 --lr-schedule flat-cosine`,
  'warm-up steps': `${KIND} --warmup-steps 6`,
  'warm-up epochs': `${KIND} --warmup-epochs 1.5 --lr-schedule cosine --epochs 4`,
  'rate scaled linearly': `${KIND} --scale-lr linear`,
  'rate scaled by the root': `${KIND} --scale-lr sqrt --base-batch-size 16`,
  'no preset': `${KIND_60} --preset none`,
  'preset, classes': `${KIND_60} --preset tabular --lr 0.04 --optimizer adam --hidden 17,9,5 --epochs 6 --batch-size 25 --activation selu`,
  'preset, numbers': `${PRICES_60} --preset tabular --lr 0.07 --optimizer adam --hidden 17,9,5 --epochs 6 --batch-size 25 --activation mish --number-bins 0`,
  'preset, numbers in bins': `${PRICES_60} --preset tabular --hidden 17,9 --epochs 6`,
  'usual rate': `${ANSWER} --optimizer adagrad --lr usual`,
  'usual rule': `${KIND} --optimizer usual --lr usual --hidden 8`,
  'usual rule, no hidden layer': `${KIND} --optimizer usual --lr usual --hidden ""`,
  'all as usual': `${PRICES} --optimizer usual --lr usual --batch-size usual --hidden usual --activation usual`,
};

const BATCHES = {
  'batch of one row': `${KIND} --batch-size 1 --epochs 1`,
  'batch smaller than the shards': `${KIND} --batch-size 2 --epochs 1 --shards 5`,
  'odd batch': `${KIND} --batch-size 37`,
  'last batch dropped': `${KIND} --batch-size 37 --drop-last`,
  'last batch dropped, weighted rows': `${KIND} --batch-size 100 --drop-last ${WEIGHTED} --epochs 3`,
  'full batch': `${KIND} --batch-size full --epochs 5`,
  'usual batch': `${KIND} --batch-size usual`,
  'batch schedule': `${KIND} --batch-schedule 1:16,3:full --epochs 4`,
  'batch schedule from the start': `${KIND} --batch-size usual --batch-schedule 0:10,1:33`,
  'batch schedule with a scaled rate': `${KIND} --batch-schedule 1:96 --scale-lr linear --base-batch-size 48`,
  'batch schedule with warm-up and cosine': `${KIND} --batch-schedule 2:20 --warmup-epochs 1 --lr-schedule cosine --epochs 4`,
  'shards by default': 'synthetic:1300x9x4 --hidden 40 --batch-size 1040 --shards usual --validation 0.1',
  'shards by default, adam, clip-norm':
    'synthetic:1300x9x4 --hidden 40 --batch-size 1040 --shards usual --optimizer adam --clip-norm 0.2 --noise-scale',
  'one shard': `${KIND} --shards 1`,
  'seven shards': `${KIND} --shards 7`,
  'seven shards, adam, clip-norm': `${KIND} --shards 7 --optimizer adam --clip-norm 0.2`,
  'seven shards, by block': `${KIND_60} --shards 7 --seed 5 ${BY_BLOCK}`,
  'rows in the order of the file': `${KIND} --no-shuffle`,
  'another seed': `${KIND} --seed 4`,
  'a seed beyond 32 bits': `${KIND} --seed 9007199254740991`,
};

const PERTURBATIONS = {
  dropout: `${KIND} --dropout 0.5`,
  'dropout, one rate a layer': `${KIND} --dropout 0.2,0.6`,
  'dropout, gelu': `${KIND} --dropout 0.3 --activation gelu`,
  'dropout, by block': `${KIND_60} --dropout 0.3 ${BY_BLOCK}`,
  'dropout, several micro-batches': `${KIND} --dropout 0.3 ${MICRO_BATCHES}`,
  'input dropout': `${KIND} --input-dropout 0.2`,
  'input dropout, by block': `${KIND_60} --input-dropout 0.2 ${BY_BLOCK}`,
  'input noise': `${KIND} --input-noise 0.1`,
  'input noise, by block': `${KIND_60} --input-noise 0.1 ${BY_BLOCK}`,
  'input noise, several micro-batches': `${KIND} --input-noise 0.1 ${MICRO_BATCHES}`,
  'input noise, pixels': `${PIXELS} --input-noise 0.2 --target-is-input`,
  'input noise, no hidden layer': `${ANSWER} --hidden "" --input-noise 0.3 --input-dropout 0.1`,
  'all perturbations': `${PRICES} --dropout 0.2 --input-dropout 0.1 --input-noise 0.05 --optimizer adam`,
};

const FIRST_WEIGHTS = {
  'first weights, glorot': `${KIND} --init-scheme glorot --activation relu`,
  'first weights, he': `${KIND} --init-scheme he`,
  'first weights, lecun': `${KIND} --init-scheme lecun`,
  'first weights, auto': `${KIND} --init-scheme auto --activation selu,relu`,
  'first weights, ntp': `${KIND} --init-scheme ntp`,
  'first weights, no output': `${KIND} --init-scheme glorot --zero-output`,
  'first weights of a file': `${KIND} --init files/first.safetensors --hidden 7`,
};

const ENDS = {
  'validation split': `${KIND} --validation 0.25`,
  'validation split, numbers': `${PRICES} --validation 0.25`,
  'validation split, two classes': `${ANSWER} --validation 0.25`,
  'validation split, labels': `${LABELS} --validation 0.25`,
  'validation split, by block': `${KIND_60} --validation 0.25 ${BY_BLOCK}`,
  'validation file': `${KIND} --validation files/held.csv`,
  'best epoch kept': `${KIND} --validation 0.25 --lr 1.5 --epochs 8`,
  'best epoch asked for': `${KIND} --lr 1.5 --epochs 8 --keep-epoch best`,
  'last epoch kept': `${KIND} --validation 0.25 --lr 1.5 --epochs 8 --keep-epoch last`,
  'best epoch by accuracy': `${KIND} --validation 0.25 --lr 1.5 --epochs 8 --monitor accuracy`,
  'best epoch of the training rows': `${KIND} --monitor training-loss --lr 2 --epochs 8`,
  patience: `${KIND} --validation 0.25 --lr 2 --epochs 20 --patience 2`,
  'patience, smallest improvement': `${KIND} --validation 0.25 --epochs 20 --patience 1 --min-delta 0.02`,
  'target reached': `${KIND} --validation 0.25 --lr 0.3 --epochs 20 --target-metric accuracy=0.6`,
  'step limit': `${KIND} --max-steps 7`,
  'step limit, cosine': `${KIND} --max-steps 7 --lr-schedule cosine --epochs 4`,
  tolerance: `${KIND} --tolerance 0.002 --lr-schedule exponential --lr-gamma 0.5 --epochs 20`,
  'metrics of classes': `${KIND} --validation 0.25 --metrics accuracy,f1,auc,log-loss,precision,recall,top-2`,
  'metrics of labels': `${LABELS} --validation 0.25 --metrics f1,auc,subset-accuracy`,
  'metrics of numbers': `${PRICES} --validation 0.25 --metrics mae,r2`,
  'metrics of two classes': `${ANSWER} --validation 0.25 --metrics f1,auc,log-loss`,
  'metrics of weighted rows': `${KIND} --validation 0.25 --metrics f1,auc ${WEIGHTED}`,
  'metrics of weighted numbers': `${PRICES} --validation 0.25 --metrics rmse,mae,r2 ${WEIGHTED}`,
  'noise scale': `${KIND} --noise-scale`,
  'noise scale, by block': `${KIND_60} --noise-scale ${BY_BLOCK}`,
  'noise scale, dropout and penalty': `${KIND} --noise-scale --dropout 0.2 --l2 0.01`,
};

const DATA = {
  'data made up, numbers': 'synthetic:150x4x1',
  'data made up, two classes': 'synthetic:150x5x2',
  'data made up, several classes': 'synthetic:150x6x4',
  images: 'files/images',
  'images, split': PIXELS,
  'images, distorted': `${PIXELS} --image-shift 1.5 --image-rotate 20 --image-zoom 0.2 --image-warp 1`,
  'images, labels as numbers': 'files/images --task regression',
  'every column': 'files/table.csv --target kind --ignore day,gap,due --hidden 6',
  'categories alone': 'files/table.csv --target price --features size,fresh --hidden 6',
  'numbers as categories': 'files/table.csv --target price --features x1,code --categorical code',
  'not standardized': `${PRICES} --scale none --lr 0.0001`,
  'robust scale': `${PRICES} --scale robust`,
  'robust scale, every column':
    'files/table.csv --target kind --ignore day,gap,due --hidden 6 --scale robust',
  'robust scale, hashed texts':
    'files/names.csv --validation 0 --hash-buckets 300 --epochs 1 --batch-size 400 --scale robust',
  'numbers in bins': `${PRICES} --scale robust --number-bins 5`,
  'numbers in bins, missing cells':
    'files/table.csv --target kind --ignore day,gap,due --hidden 6 --number-bins 3',
  'predictions clipped': `${PRICES} --clip-predictions --lr 0.0001 --epochs 1`,
  'missing, mean': 'files/table.csv --target kind --features x1,gap --missing mean',
  'missing, zero': 'files/table.csv --target kind --features x1,gap --missing zero',
  'missing, dropped': 'files/table.csv --target kind --features x1,gap --missing drop',
  'missing, indicator': 'files/table.csv --target kind --features x1,gap --missing mean --missing-indicator',
  'missing target, dropped': 'files/table.csv --target due --features x1,x2 --missing-target drop',
  'dates by their parts': 'files/table.csv --target kind --features x1,day --dates parts',
  'dates as seconds': 'files/table.csv --target kind --features x1,day --dates epoch',
  'hashed texts': 'files/names.csv --validation 0 --hash-buckets 300 --epochs 1 --batch-size 400',
  'unseen category ignored':
    'files/table.csv --target kind --features x1,size --validation files/held.csv --unseen ignore',
  'task by name, regression': `files/table.csv --target a ${X} --task regression`,
  'task by name, several classes': `files/table.csv --target code ${X} --task multiclass`,
  'task by name, two classes': `files/table.csv --target a ${X} --task binary`,
  'task by name, labels': `files/table.csv --target a,b ${X} --task multilabel`,
  query: `files/table.csv --target kind --query "SELECT x1, x2 * x3 AS x, kind FROM data WHERE x5 > -1"`,
  'a file in an unusual layout':
    'files/messy.txt --format csv --delimiter semicolon --decimal , --no-header --skip-rows 1 --comment # ' +
    "--quote ' --na-values unknown --missing mean --numeric column1 --target column2",
};

const ALL = {
  ...{ ...NETWORKS, ...ACTIVATIONS, ...LOSSES, ...WEIGHTS, ...RULES, ...RATES },
  ...{ ...BATCHES, ...PERTURBATIONS, ...FIRST_WEIGHTS, ...ENDS, ...DATA },
};
type Name = keyof typeof ALL;

/** All trainings, by name. */
export const CASES: Readonly<Record<string, string>> = ALL;

/** Cases that are run with several numbers of workers, and both kinds of --update: every path of a step. */
export const ON_OTHER_WORKERS: readonly Name[] = [
  ...(['waves', 'waves of some columns, scaled inputs', 'waves, dropout and noise'] as const),
  ...(['scaled inputs, adam', 'scaled inputs, lamb', 'scaled inputs, by block', 'rates of layers'] as const),
  ...(['no hidden layer', 'three hidden layers', 'by block', 'by block, derived from a'] as const),
  ...(['row weights, labels', 'sum, numbers', 'l1 penalty, by block', 'label smoothing'] as const),
  ...(['sgd, nesterov', 'adam', 'rmsprop', 'adagrad', 'lars', 'lamb', 'rprop, penalties'] as const),
  ...(['adam by block', 'lars by block', 'clip-norm, momentum', 'clip-norm, by block'] as const),
  ...(['rate on plateau', 'batch smaller than the shards', 'batch schedule', 'seven shards'] as const),
  ...(['all perturbations', 'dropout, by block', 'input noise, by block', 'images'] as const),
  ...(['patience', 'metrics of numbers', 'noise scale', 'noise scale, by block', 'tolerance'] as const),
];

/** The same for a rule that takes --update sharded alone. */
export const SHARDED_ON_OTHER_WORKERS: readonly Name[] = ['lbfgs, its constants', 'lbfgs, by block'];

/** Cases that are stopped halfway and resumed: whatever a training remembers from step to step, or from epoch to epoch. */
export const RESUMED: readonly Name[] = [
  ...(['waves', 'waves of some columns, scaled inputs', 'waves, dropout and noise'] as const),
  ...([
    'sgd',
    'sgd, nesterov',
    'adam',
    'adamw',
    'rmsprop, its constants',
    'adagrad',
    'lars',
    'lamb',
  ] as const),
  ...([
    'rprop',
    'lbfgs',
    'lbfgs, its constants',
    'lbfgs, kinks',
    'adam by block',
    'batch schedule',
    'usual batch',
  ] as const),
  ...(['rate one-cycle', 'rate on plateau, its constants', 'warm-up epochs', 'step limit, cosine'] as const),
  ...(['all perturbations', 'dropout, by block', 'first weights of a file', 'noise scale'] as const),
  ...(['best epoch kept', 'best epoch by accuracy', 'patience', 'target reached', 'tolerance'] as const),
];
