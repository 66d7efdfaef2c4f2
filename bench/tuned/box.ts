export * from './coordinates';
export * from './diou';
export * from './iou';
export * from './yolo-v3';
